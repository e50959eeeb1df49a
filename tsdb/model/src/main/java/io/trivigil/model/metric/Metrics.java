package io.trivigil.model.metric;

import io.trivigil.model.FloatFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/// The registry of one node's own metrics. Thread-safe; asking twice for the same metric gives the
/// same one.
///
/// Names carry their unit and counters end in `_total`, as the field does it.
public final class Metrics {
  private enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  private static final class Family {
    private final String name;
    private final String help;
    private final Kind kind;
    private final Map<List<String>, Object> children = new ConcurrentHashMap<>();

    Family(String name, String help, Kind kind) {
      this.name = name;
      this.help = help;
      this.kind = kind;
    }
  }

  /// Something that only grows.
  public static final class Counter {
    private final DoubleAdder value = new DoubleAdder();

    private Counter() {}

    public void inc() {
      value.add(1);
    }

    /// Adds `amount`, which must not be negative.
    public void add(double amount) {
      value.add(amount);
    }

    public double value() {
      return value.sum();
    }
  }

  /// Observations counted in buckets.
  public static final class Histogram {
    private final double[] bounds;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    private Histogram(double... bounds) {
      this.bounds = bounds.clone();
      this.counts = new LongAdder[bounds.length + 1];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    public void observe(double value) {
      int i = 0;
      while (i < bounds.length && value > bounds[i]) {
        i++;
      }
      counts[i].increment();
      sum.add(value);
    }
  }

  private final Map<String, Family> families = new ConcurrentSkipListMap<>();

  /// A counter; `labels` are `name, value, name, value …`.
  public Counter counter(String name, String help, String... labels) {
    return (Counter)
        family(name, help, Kind.COUNTER)
            .children
            .computeIfAbsent(List.of(labels), _ -> new Counter());
  }

  /// A gauge that is read when it is asked for; a later supplier for the same labels replaces the
  /// earlier.
  public void gauge(String name, String help, DoubleSupplier value, String... labels) {
    family(name, help, Kind.GAUGE).children.put(List.of(labels), value);
  }

  /// A counter that somebody else keeps, read when it is asked for.
  public void counterOf(String name, String help, DoubleSupplier value, String... labels) {
    family(name, help, Kind.COUNTER).children.put(List.of(labels), value);
  }

  /// A histogram with these upper bounds in rising order (`+Inf` is implied).
  public Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return (Histogram)
        family(name, help, Kind.HISTOGRAM)
            .children
            .computeIfAbsent(List.of(labels), _ -> new Histogram(bounds));
  }

  /// Takes a child away, for instance of a target that is gone.
  public void remove(String name, String... labels) {
    Family family = families.get(name);
    if (family != null) {
      family.children.remove(List.of(labels));
    }
  }

  private Family family(String name, String help, Kind kind) {
    Family family = families.computeIfAbsent(name, n -> new Family(n, help, kind));
    if (family.kind != kind) {
      throw new IllegalArgumentException("metric %s is a %s already".formatted(name, family.kind));
    }
    return family;
  }

  /// The text format 0.0.4 of everything, families and children in order.
  public String expose() {
    StringBuilder out = new StringBuilder(16_384);
    for (Family family : families.values()) {
      out.append("# HELP ").append(family.name).append(' ');
      out.append(family.help.replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
      out.append("# TYPE ").append(family.name).append(' ');
      out.append(
              switch (family.kind) {
                case COUNTER -> "counter";
                case GAUGE -> "gauge";
                case HISTOGRAM -> "histogram";
              })
          .append('\n');
      Map<String, Object> children = new TreeMap<>();
      family.children.forEach((labels, child) -> children.put(text(labels), child));
      children.forEach((labels, child) -> exposeChild(out, family.name, labels, child));
    }
    return out.toString();
  }

  private static void exposeChild(StringBuilder out, String name, String labels, Object child) {
    switch (child) {
      case Counter counter -> line(out, name, labels, counter.value());
      case DoubleSupplier gauge -> line(out, name, labels, gauge.getAsDouble());
      case Histogram histogram -> {
        long below = 0;
        String prefix = labels.isEmpty() ? "" : labels + ",";
        for (int i = 0; i < histogram.counts.length; i++) {
          below += histogram.counts[i].sum();
          String bound =
              i < histogram.bounds.length ? FloatFormat.general(histogram.bounds[i]) : "+Inf";
          line(out, name + "_bucket", prefix + "le=\"" + bound + "\"", (double) below);
        }
        line(out, name + "_sum", labels, histogram.sum.sum());
        line(out, name + "_count", labels, (double) below);
      }
      default -> throw new IllegalStateException("unknown metric child " + child.getClass());
    }
  }

  private static void line(StringBuilder out, String name, String labels, double value) {
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ').append(FloatFormat.general(value)).append('\n');
  }

  private static String text(List<String> labels) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < labels.size(); i += 2) {
      String value =
          labels.get(i + 1).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      parts.add(labels.get(i) + "=\"" + value + "\"");
    }
    return String.join(",", parts);
  }
}
