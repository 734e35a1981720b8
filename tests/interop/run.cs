// Runs the tests of one suite: run.exe SUITE.dll RESULTS.tsv [-v] [PATTERN...]
// The current folder holds the suite's ptfconfig files; overrides.tsv there (name TAB value) goes before them.
using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading;
using System.Xml;
using Microsoft.Protocols.TestTools;
using Microsoft.VisualStudio.TestTools.UnitTesting;

static class Run
{
	static Assembly[] assemblies;
	static readonly Dictionary<string, string> adapterTypes = new Dictionary<string, string>();

	static XmlDocument Load(string file)
	{
		var document = new XmlDocument();
		document.Load(file);
		return document;
	}

	static NameValueCollection Properties(string suite)
	{
		var properties = new NameValueCollection(StringComparer.OrdinalIgnoreCase);
		foreach (XmlNode node in Load(suite + ".deployment.ptfconfig").GetElementsByTagName("Property"))
			properties[node.Attributes["name"].Value] = node.Attributes["value"].Value;
		foreach (var line in File.ReadAllLines("overrides.tsv")) {
			var parts = line.Split('\t');
			properties[parts[0]] = parts[1];
		}
		foreach (XmlNode node in Load(suite + ".ptfconfig").GetElementsByTagName("Adapter"))
			if (node.Attributes["adaptertype"] != null)
				adapterTypes[node.Attributes["name"].Value] = node.Attributes["adaptertype"].Value;
		return properties;
	}

	static IAdapter Make(Type type)
	{
		var own = Assembly.GetExecutingAssembly().GetTypes().Concat(assemblies.SelectMany(a => a.GetTypes())).Where(t => type.IsAssignableFrom(t) && t.IsClass && !t.IsAbstract).ToArray();
		// One of ours goes before the suite's.
		var chosen = own.FirstOrDefault(t => t.Name.StartsWith("Postern"));
		if (chosen == null && adapterTypes.ContainsKey(type.Name))
			chosen = own.FirstOrDefault(t => t.FullName == adapterTypes[type.Name]);
		if (chosen == null)
			throw new AssertInconclusiveException("no adapter for " + type.Name);
		return (IAdapter)Activator.CreateInstance(chosen);
	}

	static Exception Inner(Exception e)
	{
		while ((e is TargetInvocationException || e is TypeInitializationException) && e.InnerException != null)
			e = e.InnerException;
		return e;
	}

	static void Call(MethodInfo method, object on, params object[] values)
	{
		if (method != null)
			method.Invoke(on, method.GetParameters().Length == 0 ? null : values);
	}

	static Exception RunOne(Type type, MethodInfo method)
	{
		Exception why = null;
		object test = null;
		var context = new TestContext { TestName = method.Name, FullyQualifiedTestClassName = type.FullName };
		TestClassBase.TheSite.TestProperties["CurrentTestCaseName"] = type.FullName + "." + method.Name;
		try {
			test = Activator.CreateInstance(type);
			((TestClassBase)test).TestContext = context;
			((TestClassBase)test).RunTestInitialize();
			method.Invoke(test, null);
		} catch (Exception e) {
			why = Inner(e);
		}
		try {
			if (test != null)
				((TestClassBase)test).RunTestCleanup();
		} catch (Exception e) {
			if (why == null)
				why = Inner(e);
		}
		return why;
	}

	static int Main(string[] args)
	{
		System.Net.ServicePointManager.ServerCertificateValidationCallback = (a, b, c, d) => true;
		System.Net.ServicePointManager.DefaultConnectionLimit = 50;
		var results = args[1];
		var patterns = args.Skip(2).Where(x => x != "-v").ToArray();
		Logger.Loud = args.Contains("-v");
		var assembly = Assembly.LoadFrom(args[0]);
		assemblies = new[] { assembly };
		var suite = Path.GetFileNameWithoutExtension(args[0]) + "_TestSuite";
		TestClassBase.TheSite = new Site(Properties(suite), Make);
		int passed = 0, failed = 0, inconclusive = 0;
		var limit = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("SUITE_TEST_SECONDS") ?? "120"));
		using (var output = new StreamWriter(results, false))
			foreach (var type in assembly.GetTypes().Where(t => t.GetCustomAttribute<TestClassAttribute>() != null).OrderBy(t => t.Name, StringComparer.Ordinal)) {
				var tests = type.GetMethods().Where(m => m.GetCustomAttribute<TestMethodAttribute>() != null).OrderBy(m => m.Name, StringComparer.Ordinal)
					.Where(m => patterns.Length == 0 || patterns.Any(p => Regex.IsMatch(m.Name, p))).ToArray();
				if (tests.Length == 0)
					continue;
				var setUp = type.GetMethods(BindingFlags.Static | BindingFlags.Public).FirstOrDefault(m => m.GetCustomAttribute<ClassInitializeAttribute>() != null);
				try {
					Call(setUp, null, new TestContext { FullyQualifiedTestClassName = type.FullName });
				} catch (Exception e) {
					Console.WriteLine(type.Name + ": " + Inner(e));
				}
				foreach (var test in tests) {
					Exception why = null;
					var began = DateTime.UtcNow;
					var thread = new Thread(() => { why = RunOne(type, test); }, 16 << 20);
					thread.Start();
					if (!thread.Join(limit)) {
						thread.Abort();
						thread.Join(5000);
						why = new TimeoutException("not done in " + limit + (why == null ? "" : ": " + why.Message));
						// What it left half done would fail the next ones.
						TestClassBase.TheSite.ResetAdapters();
					}
					string outcome = why == null ? "passed" : why is AssertInconclusiveException ? "inconclusive" : "failed";
					if (why == null) passed++; else if (outcome == "failed") failed++; else inconclusive++;
					string message = why == null ? "" : why is UnitTestAssertException ? why.Message : why.ToString();
					string where = "";
					if (why != null && why.StackTrace != null)
						where = string.Join(" < ", why.StackTrace.Split('\n').Select(l => l.Trim()).Where(l => !l.Contains("TestTools.") && l.Contains("TestSuites")).Take(3).Select(l => Regex.Replace(Regex.Replace(l, @"\(.*?\)", ""), @"\[0x\w+\] in ", "").Replace("at Microsoft.Protocols.TestSuites.", "")));
					output.WriteLine("{0}\t{1}\t{2:F1}\t{3}\t{4}", outcome, test.Name, (DateTime.UtcNow - began).TotalSeconds, message.Replace("\n", "\\n").Replace("\t", " "), where);
					output.Flush();
					Console.WriteLine("{0} {1} ({2:F1} s){3}", outcome, test.Name, (DateTime.UtcNow - began).TotalSeconds, why == null ? "" : "\n  " + message + "\n  " + where);
				}
			}
		File.WriteAllLines(results + ".requirements", TestClassBase.TheSite.Captured);
		Console.WriteLine("{0}: {1} passed, {2} failed, {3} inconclusive; {4} requirements captured", suite, passed, failed, inconclusive, TestClassBase.TheSite.Captured.Count);
		// Timers of the suites would go on.
		Environment.Exit(failed == 0 ? 0 : 1);
		return 0;
	}
}
