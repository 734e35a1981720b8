// How adapters of ours reach the server's administration: sut.sh.
using System;
using System.Diagnostics;

public static class Sut
{
	public static string Do(params string[] words)
	{
		var info = new ProcessStartInfo(Environment.GetEnvironmentVariable("SUITE_SUT")) { UseShellExecute = false, RedirectStandardOutput = true };
		info.Arguments = string.Join(" ", Array.ConvertAll(words, w => "\"" + w.Replace("\"", "\\\"") + "\""));
		using (var process = Process.Start(info)) {
			string text = process.StandardOutput.ReadToEnd().Trim();
			process.WaitForExit();
			return process.ExitCode == 0 ? text : null;
		}
	}
}
