using System;
using System.Collections.Generic;
using Microsoft.Protocols.TestSuites.Common;

namespace Microsoft.Protocols.TestSuites.MS_OXORULE
{
	public class PosternSender : Microsoft.Protocols.TestTools.ManagedAdapterBase, IMS_OXORULESUTControlAdapter
	{
		public void SendMailToRecipient(string from, string password, string to, string subject)
		{
			Site.Assert.IsNotNull(Sut.Do("send", from, to, subject), "The message should be sent.");
		}
	}

	// As Outlook turns it on and off without EWS: PidTagOutOfOfficeState of the mailbox ([MS-OXWOOF] 2.2.5.1, [MS-OXCSTOR] 2.2.2.1.2.4).
	public class PosternOutOfOffice : Microsoft.Protocols.TestTools.ManagedAdapterBase, IMS_OXWOOFSUTControlAdapter
	{
		static object Call(OxcropsClient client, ISerializable request, List<uint> handles, out List<List<uint>> handlesOut)
		{
			var responses = new List<IDeserializable>();
			handlesOut = new List<List<uint>>();
			byte[] raw = null;
			client.RopCall(new List<ISerializable> { request }, handles, ref responses, ref handlesOut, ref raw, 0x10008);
			return responses[0];
		}

		public bool SetUserOOFSettings(string mailAddress, string password, bool isOOF)
		{
			string user = mailAddress.Split('@')[0], dn = Sut.Do("dn", user);
			var client = new OxcropsClient(MapiContext.GetDefaultRpcContext(Site));
			if (!client.Connect(Common.Common.GetConfigurationPropertyValue("SutComputerName", Site), ConnectionType.PrivateMailboxServer, dn, mailAddress.Split('@')[1], user, password))
				return false;
			List<List<uint>> handles;
			var name = System.Text.Encoding.ASCII.GetBytes(dn + "\0");
			var logon = (RopLogonResponse)Call(client, new RopLogonRequest { RopId = 0xFE, LogonFlags = 1, OpenFlags = 0x01000000, EssdnSize = (ushort)name.Length, Essdn = name }, new List<uint> { 0xFFFFFFFF }, out handles);
			if (logon.ReturnValue != 0)
				return false;
			uint root = handles[0][0];
			var value = new TaggedPropertyValue { PropertyTag = new PropertyTag { PropertyId = 0x661D, PropertyType = 0x000B }, Value = new byte[] { (byte)(isOOF ? 1 : 0) } };
			var set = (RopSetPropertiesResponse)Call(client, new RopSetPropertiesRequest { RopId = 0x0A, PropertyValueSize = (ushort)(2 + value.Serialize().Length), PropertyValueCount = 1, PropertyValues = new[] { value } }, new List<uint> { root }, out handles);
			client.Disconnect();
			return set.ReturnValue == 0 && set.PropertyProblemCount == 0;
		}
	}
}
