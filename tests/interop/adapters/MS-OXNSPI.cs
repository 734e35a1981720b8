namespace Microsoft.Protocols.TestSuites.MS_OXNSPI
{
	public class PosternSut : Microsoft.Protocols.TestTools.ManagedAdapterBase, IMS_OXNSPISUTControlAdapter
	{
		public uint GetNumberOfAddressBookObject() { return uint.Parse(Sut.Do("count")); }
	}
}
