// What the suites use of Microsoft's test framework and of MSTest, as little as makes them run: adapters, checks, captured
// requirements, configuration, and the manager of generated tests. Written from how the suites call it.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using System.Threading;

namespace Microsoft.VisualStudio.TestTools.UnitTesting
{
	[AttributeUsage(AttributeTargets.Class)] public class TestClassAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.Method)] public class TestMethodAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.Method)] public class ClassInitializeAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.Method)] public class ClassCleanupAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.Method)] public class AssemblyInitializeAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.Method)] public class AssemblyCleanupAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.Method)] public class TestInitializeAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.Method)] public class TestCleanupAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
	public class TestCategoryAttribute : Attribute { public TestCategoryAttribute(string name) { } }
	public class TestContext { public string TestName = "", FullyQualifiedTestClassName = ""; }
	public static class Assert
	{
		public static void AreEqual<T>(T e, T a, string m = "", params object[] v) { Microsoft.Protocols.TestTools.TestClassBase.BaseTestSite.Assert.AreEqual(e, a, m, v); }
		public static void IsTrue(bool x, string m = "", params object[] v) { Microsoft.Protocols.TestTools.TestClassBase.BaseTestSite.Assert.IsTrue(x, m, v); }
		public static void Fail(string m = "", params object[] v) { Microsoft.Protocols.TestTools.TestClassBase.BaseTestSite.Assert.Fail(m, v); }
	}
	public class UnitTestAssertException : Exception { public UnitTestAssertException(string m) : base(m) { } }
	public class AssertFailedException : UnitTestAssertException { public AssertFailedException(string m) : base(m) { } }
	public class AssertInconclusiveException : UnitTestAssertException { public AssertInconclusiveException(string m) : base(m) { } }
}

namespace Microsoft.SpecExplorer.Runtime.Testing { public static class Nothing { } }
namespace Microsoft.Protocols.TestTools.Messages { public static class Nothing { } }
namespace Microsoft.Protocols.TestTools.Messages.Marshaling
{
	[AttributeUsage(AttributeTargets.All)] public class SizeAttribute : Attribute { public SizeAttribute(string x) { } }
	[AttributeUsage(AttributeTargets.All)] public class InlineAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.All)] public class StringAttribute : Attribute { public StringAttribute() { } public StringAttribute(StringEncoding x) { } }
	[AttributeUsage(AttributeTargets.All)] public class SwitchAttribute : Attribute { public SwitchAttribute(string x) { } }
	[AttributeUsage(AttributeTargets.All)] public class UnionAttribute : Attribute { public UnionAttribute(string x) { } }
	[AttributeUsage(AttributeTargets.All, AllowMultiple = true)] public class CaseAttribute : Attribute { public CaseAttribute(string x) { } }
	[AttributeUsage(AttributeTargets.All)] public class CaseDefaultAttribute : Attribute { }
	[AttributeUsage(AttributeTargets.All)] public class StaticSizeAttribute : Attribute { public StaticSizeAttribute(int x, StaticSizeMode m) { } }
	public enum StaticSizeMode { Elements, Bytes }
	public enum StringEncoding { ASCII, Unicode }
}

namespace Microsoft.Protocols.TestTools
{
	using Microsoft.VisualStudio.TestTools.UnitTesting;

	public enum LogEntryKind { Unknown, Checkpoint, CheckSucceeded, CheckFailed, CheckInconclusive, Comment, Warning, Debug, TestPassed, TestFailed, EnterMethod, ExitMethod, EnterAdapter, ExitAdapter, Settings, TestStep }
	public enum RequirementType { Must, Should, May, Product, Undefined }
	public enum PtfTestOutcome { Failed, Inconclusive, Passed, InProgress, Error, Timeout, Aborted, Unknown }
	[AttributeUsage(AttributeTargets.Method)] public class MethodHelpAttribute : Attribute { public MethodHelpAttribute(string text) { } }
	[AttributeUsage(AttributeTargets.All)] public class DefaultValueAttribute : Attribute { public DefaultValueAttribute(string text) { } }

	public interface IAdapter : IDisposable { ITestSite Site { get; } void Initialize(ITestSite testSite); void Reset(); }

	public abstract class ManagedAdapterBase : IAdapter
	{
		public virtual ITestSite Site { get; private set; }
		public virtual void Initialize(ITestSite testSite) { Site = testSite; }
		public virtual void Reset() { }
		protected virtual void Dispose(bool disposing) { }
		public void Dispose() { Dispose(true); }
	}

	public class Logger
	{
		public static bool Loud;
		public void Add(LogEntryKind kind, string format, params object[] values)
		{
			if (Loud)
				Console.Error.WriteLine("    " + kind + ": " + Checker.Text(format, values));
		}
	}
	public interface ILogger { void Add(LogEntryKind kind, string format, params object[] values); }
	public class SiteLog : Logger, ILogger { }

	public interface IChecker
	{
		void Fail(string message, params object[] values);
		void Pass(string message, params object[] values);
		void Inconclusive(string message, params object[] values);
		void AreEqual<T>(T expected, T actual, string message, params object[] values);
		void AreNotEqual<T>(T expected, T actual, string message, params object[] values);
		void AreSame(object expected, object actual, string message, params object[] values);
		void AreNotSame(object expected, object actual, string message, params object[] values);
		void IsTrue(bool value, string message, params object[] values);
		void IsFalse(bool value, string message, params object[] values);
		void IsNull(object value, string message, params object[] values);
		void IsNotNull(object value, string message, params object[] values);
		void IsInstanceOfType(object value, Type type, string message, params object[] values);
		void IsNotInstanceOfType(object value, Type type, string message, params object[] values);
		void IsSuccess(int value, string message, params object[] values);
	}

	public class Checker : IChecker
	{
		private readonly bool assume;
		public Checker(bool assume) { this.assume = assume; }
		public static string Text(string format, object[] values)
		{
			try { return values == null || values.Length == 0 ? format : string.Format(format, values); }
			catch (FormatException) { return format; }
		}
		private void Check(bool holds, string what, string message, object[] values)
		{
			if (holds)
				return;
			string text = what + ": " + Text(message, values);
			if (assume)
				throw new AssertInconclusiveException("assumed " + text);
			throw new AssertFailedException(text);
		}
		public void Fail(string m, params object[] v) { Check(false, "fail", m, v); }
		public void Pass(string m, params object[] v) { }
		public void Inconclusive(string m, params object[] v) { throw new AssertInconclusiveException(Text(m, v)); }
		public void AreEqual<T>(T e, T a, string m, params object[] v) { Check(object.Equals(e, a), "expected <" + Show(e) + ">, actual <" + Show(a) + ">", m, v); }
		public void AreNotEqual<T>(T e, T a, string m, params object[] v) { Check(!object.Equals(e, a), "not expected <" + Show(e) + ">", m, v); }
		public void AreSame(object e, object a, string m, params object[] v) { Check(object.ReferenceEquals(e, a), "not the same", m, v); }
		public void AreNotSame(object e, object a, string m, params object[] v) { Check(!object.ReferenceEquals(e, a), "the same", m, v); }
		public void IsTrue(bool x, string m, params object[] v) { Check(x, "expected true", m, v); }
		public void IsFalse(bool x, string m, params object[] v) { Check(!x, "expected false", m, v); }
		public void IsNull(object x, string m, params object[] v) { Check(x == null, "expected null, actual <" + Show(x) + ">", m, v); }
		public void IsNotNull(object x, string m, params object[] v) { Check(x != null, "expected something, actual null", m, v); }
		public void IsInstanceOfType(object x, Type t, string m, params object[] v) { Check(t.IsInstanceOfType(x), "expected a " + t + ", actual " + (x == null ? "null" : x.GetType().ToString()), m, v); }
		public void IsNotInstanceOfType(object x, Type t, string m, params object[] v) { Check(!t.IsInstanceOfType(x), "expected no " + t, m, v); }
		public void IsSuccess(int x, string m, params object[] v) { Check(x >= 0, "expected success", m, v); }
		public static string Show(object value)
		{
			var text = value as string;
			if (text != null)
				return text;
			var items = value as IEnumerable;
			if (items == null)
				return value == null ? "null" : (value is uint || value is int) ? value + " = 0x" + ((long)Convert.ToInt64(value)).ToString("X8") : value.ToString();
			return "[" + string.Join(" ", items.Cast<object>().Take(64).Select(x => x is byte ? ((byte)x).ToString("X2") : Show(x))) + "]";
		}
	}

	public interface ITestSite
	{
		NameValueCollection Properties { get; }
		Dictionary<string, object> TestProperties { get; }
		string DefaultProtocolDocShortName { get; set; }
		string TestName { get; }
		ILogger Log { get; }
		IChecker Assert { get; }
		IChecker Assume { get; }
		IChecker Debug { get; }
		T GetAdapter<T>() where T : IAdapter;
		IAdapter GetAdapter(Type type);
		void CaptureRequirement(string doc, int id, string text);
		void CaptureRequirement(int id, string text);
		void CaptureRequirementIfAreEqual<T>(T e, T a, string doc, int id, string text);
		void CaptureRequirementIfAreEqual<T>(T e, T a, int id, string text);
		void CaptureRequirementIfAreNotEqual<T>(T e, T a, string doc, int id, string text);
		void CaptureRequirementIfAreNotEqual<T>(T e, T a, int id, string text);
		void CaptureRequirementIfIsTrue(bool x, string doc, int id, string text);
		void CaptureRequirementIfIsTrue(bool x, int id, string text);
		void CaptureRequirementIfIsFalse(bool x, string doc, int id, string text);
		void CaptureRequirementIfIsFalse(bool x, int id, string text);
		void CaptureRequirementIfIsNull(object x, string doc, int id, string text);
		void CaptureRequirementIfIsNull(object x, int id, string text);
		void CaptureRequirementIfIsNotNull(object x, string doc, int id, string text);
		void CaptureRequirementIfIsNotNull(object x, int id, string text);
		void CaptureRequirementIfIsInstanceOfType(object x, Type t, string doc, int id, string text);
		void CaptureRequirementIfIsInstanceOfType(object x, Type t, int id, string text);
		void CaptureRequirementIfIsNotInstanceOfType(object x, Type t, string doc, int id, string text);
		void CaptureRequirementIfIsNotInstanceOfType(object x, Type t, int id, string text);
		void CaptureRequirementIfAreSame(object e, object a, int id, string text);
	}

	public class Site : ITestSite
	{
		private readonly SiteLog log = new SiteLog();
		private readonly Checker assert = new Checker(false), assume = new Checker(true);
		private readonly Dictionary<Type, IAdapter> adapters = new Dictionary<Type, IAdapter>();
		private readonly Func<Type, IAdapter> make;
		public readonly SortedSet<string> Captured = new SortedSet<string>();
		public Site(NameValueCollection properties, Func<Type, IAdapter> make)
		{
			Properties = properties;
			TestProperties = new Dictionary<string, object>();
			this.make = make;
		}
		public NameValueCollection Properties { get; private set; }
		public Dictionary<string, object> TestProperties { get; private set; }
		public string DefaultProtocolDocShortName { get; set; }
		public string TestName { get { return (string)TestProperties["CurrentTestCaseName"]; } }
		public ILogger Log { get { return log; } }
		public IChecker Assert { get { return assert; } }
		public IChecker Assume { get { return assume; } }
		public IChecker Debug { get { return assert; } }
		public T GetAdapter<T>() where T : IAdapter { return (T)GetAdapter(typeof(T)); }
		public IAdapter GetAdapter(Type type)
		{
			IAdapter adapter;
			if (!adapters.TryGetValue(type, out adapter)) {
				adapter = make(type);
				adapters[type] = adapter;
				adapter.Initialize(this);
			}
			return adapter;
		}
		public void ResetAdapters() { foreach (var adapter in adapters.Values) adapter.Reset(); }
		private string Name(string doc, int id) { return (doc ?? DefaultProtocolDocShortName) + "_R" + id; }
		private void Note(string doc, int id) { lock (Captured) Captured.Add(Name(doc, id)); }
		public void CaptureRequirement(string doc, int id, string text) { Note(doc, id); }
		public void CaptureRequirement(int id, string text) { Note(null, id); }
		public void CaptureRequirementIfAreEqual<T>(T e, T a, string doc, int id, string text) { assert.AreEqual(e, a, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfAreEqual<T>(T e, T a, int id, string text) { CaptureRequirementIfAreEqual(e, a, null, id, text); }
		public void CaptureRequirementIfAreNotEqual<T>(T e, T a, string doc, int id, string text) { assert.AreNotEqual(e, a, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfAreNotEqual<T>(T e, T a, int id, string text) { CaptureRequirementIfAreNotEqual(e, a, null, id, text); }
		public void CaptureRequirementIfIsTrue(bool x, string doc, int id, string text) { assert.IsTrue(x, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfIsTrue(bool x, int id, string text) { CaptureRequirementIfIsTrue(x, null, id, text); }
		public void CaptureRequirementIfIsFalse(bool x, string doc, int id, string text) { assert.IsFalse(x, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfIsFalse(bool x, int id, string text) { CaptureRequirementIfIsFalse(x, null, id, text); }
		public void CaptureRequirementIfIsNull(object x, string doc, int id, string text) { assert.IsNull(x, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfIsNull(object x, int id, string text) { CaptureRequirementIfIsNull(x, null, id, text); }
		public void CaptureRequirementIfIsNotNull(object x, string doc, int id, string text) { assert.IsNotNull(x, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfIsNotNull(object x, int id, string text) { CaptureRequirementIfIsNotNull(x, null, id, text); }
		public void CaptureRequirementIfIsInstanceOfType(object x, Type t, string doc, int id, string text) { assert.IsInstanceOfType(x, t, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfIsInstanceOfType(object x, Type t, int id, string text) { CaptureRequirementIfIsInstanceOfType(x, t, null, id, text); }
		public void CaptureRequirementIfIsNotInstanceOfType(object x, Type t, string doc, int id, string text) { assert.IsNotInstanceOfType(x, t, Name(doc, id) + " " + text); Note(doc, id); }
		public void CaptureRequirementIfIsNotInstanceOfType(object x, Type t, int id, string text) { CaptureRequirementIfIsNotInstanceOfType(x, t, null, id, text); }
		public void CaptureRequirementIfAreSame(object e, object a, int id, string text) { assert.AreSame(e, a, Name(null, id) + " " + text); Note(null, id); }
	}

	public abstract class TestClassBase
	{
		public static Site TheSite;
		public static ITestSite BaseTestSite { get { return TheSite; } }
		public TestContext TestContext { get; set; }
		protected virtual ITestSite Site { get { return TheSite; } set { } }
		protected virtual void TestInitialize() { }
		protected virtual void TestCleanup() { }
		public void RunTestInitialize() { TestInitialize(); }
		public void RunTestCleanup() { TestCleanup(); }
		public static void Initialize(TestContext context) { }
		public static void Initialize(TestContext context, string suite) { }
		public static void Cleanup() { }
	}

	// What a check of a generated test throws when this is not the outcome that came.
	public class TransactionFailedException : AssertFailedException { public TransactionFailedException() : base("not this one") { } public TransactionFailedException(string m) : base(m) { } }

	public struct ExpectedReturn
	{
		public MethodBase Method; public object Target; public Delegate Checker;
		public ExpectedReturn(MethodBase method, object target, Delegate checker) { Method = method; Target = target; Checker = checker; }
	}
	public struct ExpectedEvent
	{
		public EventInfo Event; public object Target; public Delegate Checker;
		public ExpectedEvent(EventInfo e, object target, Delegate checker) { Event = e; Target = target; Checker = checker; }
	}

	// What a generated test tells and asks: returns and events that came, and which of the expected ones they are.
	public class IProtocolTestsManager
	{
		private readonly Queue<KeyValuePair<MemberInfo, object[]>> returns = new Queue<KeyValuePair<MemberInfo, object[]>>();
		private readonly Queue<KeyValuePair<MemberInfo, object[]>> events = new Queue<KeyValuePair<MemberInfo, object[]>>();
		public void BeginTest(string name) { }
		public void EndTest() { }
		public void Comment(string text) { TestClassBase.TheSite.Log.Add(LogEntryKind.Comment, text.Replace("{", "{{").Replace("}", "}}")); }
		public void Checkpoint(string text)
		{
			string id = text.Trim();
			int dash = id.IndexOf("_R");
			if (dash > 0)
				lock (TestClassBase.TheSite.Captured) TestClassBase.TheSite.Captured.Add(id.Split(' ', ',')[0]);
		}
		public object GetAdapter(Type type) { return TestClassBase.TheSite.GetAdapter(type); }
		public void Assert(bool holds, string text) { TestClassBase.TheSite.Assert.IsTrue(holds, text.Replace("{", "(").Replace("}", ")")); }
		public void Assume(bool holds, string text) { TestClassBase.TheSite.Assume.IsTrue(holds, text); }
		public void AddReturn(MethodBase method, object target, params object[] values) { returns.Enqueue(new KeyValuePair<MemberInfo, object[]>(method, values)); }
		public int ExpectReturn(TimeSpan timeout, bool fail, params ExpectedReturn[] expected)
		{
			return Expect(returns, timeout, fail, expected.Select(x => new KeyValuePair<MemberInfo, Delegate>(x.Method, x.Checker)).ToArray());
		}
		public int ExpectEvent(TimeSpan timeout, bool fail, params ExpectedEvent[] expected)
		{
			return Expect(events, timeout, fail, expected.Select(x => new KeyValuePair<MemberInfo, Delegate>(x.Event, x.Checker)).ToArray());
		}
		public void CheckObservationTimeout(bool isAccepting, params object[] expected)
		{
			TestClassBase.TheSite.Assert.IsTrue(isAccepting, "no event came that this state waits for");
		}
		private static int Expect(Queue<KeyValuePair<MemberInfo, object[]>> queue, TimeSpan timeout, bool fail, KeyValuePair<MemberInfo, Delegate>[] expected)
		{
			if (queue.Count == 0) {
				if (fail)
					TestClassBase.TheSite.Assert.Fail("nothing came, expected " + string.Join(" or ", expected.Select(x => x.Key.Name)));
				return -1;
			}
			var came = queue.Peek();
			var why = new StringBuilder();
			for (int i = 0; i < expected.Length; i++) {
				if (expected[i].Key.Name != came.Key.Name)
					continue;
				try {
					expected[i].Value.DynamicInvoke(came.Value);
					queue.Dequeue();
					return i;
				} catch (TargetInvocationException e) {
					if (!(e.InnerException is AssertFailedException))
						throw e.InnerException;
					why.Append("\n      " + e.InnerException.Message);
				}
			}
			if (fail)
				TestClassBase.TheSite.Assert.Fail("{0} came as nothing that is expected:{1}", came.Key.Name, why);
			return -1;
		}
		// Events are queued by a handler that is made for the event's own signature.
		public void Subscribe(EventInfo e, object target)
		{
			var parameters = e.EventHandlerType.GetMethod("Invoke").GetParameters().Select(p => Expression.Parameter(p.ParameterType, p.Name)).ToArray();
			Action<object[]> add = values => events.Enqueue(new KeyValuePair<MemberInfo, object[]>(e, values));
			var body = Expression.Invoke(Expression.Constant(add), Expression.NewArrayInit(typeof(object), parameters.Select(p => Expression.Convert(p, typeof(object)))));
			var handler = Expression.Lambda(e.EventHandlerType, body, parameters).Compile();
			e.AddEventHandler(target, handler);
			handlers.Add(new KeyValuePair<EventInfo, Delegate>(e, handler));
			targets.Add(target);
		}
		private readonly List<KeyValuePair<EventInfo, Delegate>> handlers = new List<KeyValuePair<EventInfo, Delegate>>();
		private readonly List<object> targets = new List<object>();
		public void Unsubscribe()
		{
			for (int i = 0; i < handlers.Count; i++)
				handlers[i].Key.RemoveEventHandler(targets[i], handlers[i].Value);
		}
	}

	public static class TestManagerHelpers
	{
		private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
		public static MethodInfo GetMethodInfo(Type type, string name, params Type[] parameters) { return type.GetMethod(name, All, null, parameters, null); }
		public static EventInfo GetEventInfo(Type type, string name) { return type.GetEvent(name, All); }
		public static void AssertAreEqual<T>(IProtocolTestsManager manager, T expected, T actual, string context)
		{
			if (!object.Equals(expected, actual))
				manager.Assert(false, "expected '" + Describe(expected) + "', actual '" + Describe(actual) + "' (" + context + ")");
		}
		public static string Describe(object value)
		{
			if (value == null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum)
				return value == null ? "null" : value.ToString();
			if (value.GetType().IsValueType)
				return value.GetType().Name + "(" + string.Join(",", value.GetType().GetFields().Select(f => f.Name + "=" + Describe(f.GetValue(value)))) + ")";
			var items = value as IEnumerable;
			return items == null ? value.ToString() : "[" + string.Join(",", items.Cast<object>().Select(x => Describe(x))) + "]";
		}
	}

	public class PtfTestClassBase : TestClassBase
	{
		public TimeSpan QuiescenceTimeout = TimeSpan.FromSeconds(2), ProceedControlTimeout = TimeSpan.Zero;
		public IProtocolTestsManager Manager;
		public void SetSwitch(string name, string value) { }
		public void InitializeTestManager() { Manager = new IProtocolTestsManager(); }
		public void CleanupTestManager() { Manager.Unsubscribe(); Manager = null; }
		protected override void TestCleanup() { TheSite.ResetAdapters(); }
		// A structure or container of these fields.
		public T Make<T>(string[] names, object[] values)
		{
			object made = Activator.CreateInstance(typeof(T));
			for (int i = 0; i < names.Length; i++) {
				var field = typeof(T).GetField(names[i], BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
				if (field == null)
					throw new InvalidOperationException(typeof(T) + " has no " + names[i]);
				var value = values[i];
				if (value is IConvertible && !field.FieldType.IsInstanceOfType(value))
					value = field.FieldType.IsEnum ? Enum.ToObject(field.FieldType, value) : Convert.ChangeType(value, field.FieldType);
				field.SetValue(made, value);
			}
			return (T)made;
		}
	}
}

// The containers of modelled values that generated tests are written with.
namespace Microsoft.Xrt.Runtime
{
	public struct Singleton { public static readonly Singleton Single = new Singleton(); }
	public class RuntimeList<T> { public T Head; public RuntimeList<T> Tail; }
	public class RuntimeMapElement<T> { public T Element; public bool IsTombstone, isDeleted, Removed, removed; public T Value; public T value; }
	public class RuntimeMap<K, V> { public readonly List<K> Keys = new List<K>(); }
	public static class RuntimeSupport
	{
		public static RuntimeMap<K, V> MakeMap<K, V>() { return new RuntimeMap<K, V>(); }
		public static RuntimeMap<K, V> UpdateMap<K, V>(RuntimeMap<K, V> map, K key, RuntimeMapElement<V> value)
		{
			var made = new RuntimeMap<K, V>();
			made.Keys.AddRange(map.Keys);
			if (!made.Keys.Contains(key))
				made.Keys.Add(key);
			return made;
		}
	}
}

namespace Microsoft.Modeling
{
	using Microsoft.Xrt.Runtime;

	public class Sequence<T> : IEnumerable<T>
	{
		public RuntimeList<T> Rep;
		public Sequence() { }
		public Sequence(params T[] items) { for (int i = items.Length; i-- > 0;) Rep = new RuntimeList<T> { Head = items[i], Tail = Rep }; }
		public IEnumerator<T> GetEnumerator() { for (var at = Rep; at != null; at = at.Tail) yield return at.Head; }
		IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }
		public int Count { get { return this.Count<T>(); } }
		public T this[int i] { get { return this.ElementAt(i); } }
		public bool Contains(T item) { return this.Contains<T>(item); }
		public Sequence<T> Add(T item) { return new Sequence<T>(this.Concat(new[] { item }).ToArray()); }
		public override bool Equals(object other) { var o = other as Sequence<T>; return o != null && this.SequenceEqual(o); }
		public override int GetHashCode() { return Count; }
	}

	public class Set<T> : IEnumerable<T>
	{
		public RuntimeMap<T, Singleton> Rep = new RuntimeMap<T, Singleton>();
		public Set() { }
		public Set(params T[] items) { foreach (var item in items) if (!Rep.Keys.Contains(item)) Rep.Keys.Add(item); }
		public IEnumerator<T> GetEnumerator() { return Rep.Keys.GetEnumerator(); }
		IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }
		public int Count { get { return Rep.Keys.Count; } }
		public bool Contains(T item) { return Rep.Keys.Contains(item); }
		public Set<T> Add(T item) { return new Set<T>(Rep.Keys.Concat(new[] { item }).ToArray()); }
		public Set<T> Remove(T item) { return new Set<T>(Rep.Keys.Where(x => !x.Equals(item)).ToArray()); }
		public override bool Equals(object other) { var o = other as Set<T>; return o != null && o.Count == Count && Rep.Keys.All(o.Contains); }
		public override int GetHashCode() { return Count; }
	}
}
