namespace Microsoft.Protocols.TestSuites.MS_OXCRPC
{
	public class PosternSut : Microsoft.Protocols.TestTools.ManagedAdapterBase, IMS_OXCRPCSUTControlAdapter
	{
		public void DisableAsyncRPCNotification() { }
		public void EnableAsyncRPCNotification() { }
		public bool CreateMailItem() { return Sut.Do("send", Site.Properties["AdminUserName"], Site.Properties["AdminUserName"], "Hello") != null; }
		public string GetOSVersions() { return "6.3.9600.0.0"; }
	}
}
