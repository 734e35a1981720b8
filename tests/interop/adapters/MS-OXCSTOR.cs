namespace Microsoft.Protocols.TestSuites.MS_OXCSTOR
{
	public class PosternSut : Microsoft.Protocols.TestTools.ManagedAdapterBase, IMS_OXCSTORSUTControlAdapter
	{
		public string EnableMailbox(string name) { return Sut.Do("enable", name) == null ? "failed" : "success"; }
		public string DisableMailbox(string name) { return Sut.Do("disable", name) == null ? "failed" : "success"; }
		public string GetUserDN(string computer, string name) { return Sut.Do("dn", name); }
	}
}
