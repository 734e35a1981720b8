namespace Microsoft.Protocols.TestSuites.MS_OXCMAPIHTTP
{
	public class PosternSut : Microsoft.Protocols.TestTools.ManagedAdapterBase, IMS_OXCMAPIHTTPSUTControlAdapter
	{
		public bool SendMailItem() { return Sut.Do("send", Site.Properties["AdminUserName"], Site.Properties["AdminUserName"], "Hello") != null; }
	}
}
