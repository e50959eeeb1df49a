package io.trivigil.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Collects checks and figures, prints them as they come, and counts at the end. Thread-safe.
public final class Report {
  private final List<String> failures = new ArrayList<>();
  private int passed;

  public synchronized void check(boolean holds, String what) {
    System.out.println((holds ? "  ok    " : "  FAIL  ") + what);
    if (holds) {
      passed++;
    } else {
      failures.add(what);
    }
  }

  public synchronized void check(boolean holds, String format, Object... arguments) {
    check(holds, String.format(Locale.ROOT, format, arguments));
  }

  public synchronized void figure(String format, Object... arguments) {
    System.out.println("  " + String.format(Locale.ROOT, format, arguments));
  }

  public synchronized void title(String title) {
    System.out.println();
    System.out.println("== " + title);
  }

  /// What did not hold so far.
  public synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /// Prints the account as one line of a suite, and returns the exit code.
  public synchronized int finish(String suite) {
    System.out.println();
    failures.forEach(failure -> System.out.println("failed: " + failure));
    System.out.printf(
        Locale.ROOT, "%s: %d checks passed, %d failed%n", suite, passed, failures.size());
    return failures.isEmpty() ? 0 : 1;
  }

  /// Prints the account and returns the exit code.
  public synchronized int finish() {
    System.out.println();
    failures.forEach(failure -> System.out.println("failed: " + failure));
    System.out.printf(Locale.ROOT, "%d passed, %d failed%n", passed, failures.size());
    return failures.isEmpty() ? 0 : 1;
  }
}
