// The public folders that the suites expect: made by an administrator in the current folder's site (overrides.tsv), with what the suites call the server with.
using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.IO;
using System.Text;
using Microsoft.Protocols.TestSuites.Common;
using Microsoft.Protocols.TestTools;

static class Prepare
{
	static OxcropsClient client;

	static object Call(ISerializable request, List<uint> handles, out List<List<uint>> handlesOut)
	{
		var responses = new List<IDeserializable>();
		handlesOut = new List<List<uint>>();
		byte[] raw = null;
		client.RopCall(new List<ISerializable> { request }, handles, ref responses, ref handlesOut, ref raw, 0x10008);
		return responses[0];
	}

	static void Main(string[] args)
	{
		var properties = new NameValueCollection(StringComparer.OrdinalIgnoreCase) { { "UseAutodiscover", "true" }, { "TransportSeq", "mapi_http" } };
		foreach (var name in new[] { "RpcAuthenticationLevel", "RpcAuthenticationService" })
			properties[name] = "0";
		foreach (var name in new[] { "RpchUseSsl", "XorRpcRequest", "CompressRpcRequest", "SetUuid" })
			properties[name] = "false";
		properties["RpchAuthScheme"] = properties["ServiceSpnFormat"] = "x";
		properties["RpcForceShutdownAssociation"] = "false";
		properties["ConnectRetryCount"] = "1";
		properties["SutVersion"] = "ExchangeServer2016";
		foreach (var line in File.ReadAllLines("overrides.tsv"))
			properties[line.Split('\t')[0]] = line.Split('\t')[1];
		var site = new Site(properties, null);
		TestClassBase.TheSite = site;
		client = new OxcropsClient(MapiContext.GetDefaultRpcContext(site));
		client.Connect(properties["SutComputerName"], ConnectionType.PublicFolderServer, args[0], properties["Domain"], "Administrator", Environment.GetEnvironmentVariable("SUITE_PASSWORD"));
		List<List<uint>> handles;
		var logon = (RopLogonResponse)Call(new RopLogonRequest { RopId = 0xFE, OpenFlags = 0x01000002 }, new List<uint> { 0xFFFFFFFF }, out handles);
		Console.WriteLine("logon {0:X}", logon.ReturnValue);
		uint root = handles[0][0];
		var open = (RopOpenFolderResponse)Call(new RopOpenFolderRequest { RopId = 0x02, OutputHandleIndex = 1, FolderId = logon.FolderIds[1] }, new List<uint> { root, 0xFFFFFFFF }, out handles);
		Console.WriteLine("open {0:X}", open.ReturnValue);
		uint subtree = handles[0][1];
		for (int i = 1; i < args.Length; i++) {
			var made = (RopCreateFolderResponse)Call(new RopCreateFolderRequest { RopId = 0x1C, OutputHandleIndex = 1, FolderType = 1, UseUnicodeStrings = 1, OpenExisting = 1,
				DisplayName = Encoding.Unicode.GetBytes(args[i] + "\0"), Comment = Encoding.Unicode.GetBytes("\0") }, new List<uint> { subtree, 0xFFFFFFFF }, out handles);
			Console.WriteLine("{0} {1:X}", args[i], made.ReturnValue);
		}
	}
}
