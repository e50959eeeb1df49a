package io.trivigil.chaos;

import io.trivigil.lab.Wait;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What was done and what was seen, each with its time, in memory and in a file. Thread-safe.
final class Journal implements AutoCloseable {
  /// One fault. Its end is [Long#MAX_VALUE] while it goes on.
  static final class Fault {
    final String kind;
    final String where;
    final long startMs;
    private volatile long endMs = Long.MAX_VALUE;

    private Fault(String kind, String where, long startMs) {
      this.kind = kind;
      this.where = where;
      this.startMs = startMs;
    }

    boolean touches(long fromMs, long toMs) {
      return startMs <= toMs && endMs >= fromMs;
    }

    @Override
    public String toString() {
      return kind + (where.isEmpty() ? "" : " " + where);
    }
  }

  private static final int TIME_WIDTH = 11;

  private final long zeroMs = Wait.nowMs();
  private final PrintWriter out;
  private final List<String> lines = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();

  Journal(Path file) {
    try {
      out = new PrintWriter(Files.newBufferedWriter(file), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A fault begins.
  Fault begin(String kind, String where) {
    Fault fault = new Fault(kind, where, Wait.nowMs());
    synchronized (this) {
      faults.add(fault);
    }
    say("> " + fault);
    return fault;
  }

  /// A fault ends.
  void end(Fault fault) {
    fault.endMs = Wait.nowMs();
    say("< %s after %d ms".formatted(fault, fault.endMs - fault.startMs));
  }

  /// Something was seen.
  synchronized void say(String what) {
    long nowMs = Wait.nowMs();
    String line = "%10.3f %s".formatted((nowMs - zeroMs) / 1000.0, what);
    out.println(line);
    lines.add(line);
    times.add(nowMs);
  }

  /// Something that should not have been, at the time at which it was.
  record Violation(long atMs, String what) {}

  /// Something is wrong that happened at this time, perhaps long ago.
  synchronized void wrong(long atMs, String what) {
    violations.add(new Violation(atMs, what));
    say("! %s (at %s)".formatted(what, at(atMs)));
  }

  synchronized List<Violation> violations() {
    return List.copyOf(violations);
  }

  /// The faults that touched a span of time.
  synchronized List<Fault> faults(long fromMs, long toMs) {
    return faults.stream().filter(fault -> fault.touches(fromMs, toMs)).toList();
  }

  /// How often each kind was injected.
  synchronized Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    faults.forEach(fault -> counts.merge(fault.kind, 1, Integer::sum));
    return counts;
  }

  /// The lines of a span of time.
  synchronized List<String> around(long fromMs, long toMs) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (times.get(i) >= fromMs && times.get(i) <= toMs) {
        found.add(lines.get(i));
      }
    }
    return found;
  }

  /// How many lines begin with a mark.
  synchronized long count(String mark) {
    return lines.stream().filter(line -> line.startsWith(mark, TIME_WIDTH)).count();
  }

  /// A time as the journal writes it, seconds since the start.
  String at(long ms) {
    return String.format(Locale.ROOT, "%.3f", (ms - zeroMs) / 1000.0);
  }

  @Override
  public void close() {
    out.close();
  }
}
