package io.trivigil.web.host;

import io.trivigil.model.FloatFormat;

/// Writes exposition text. Belongs to one thread.
final class ExpositionText {
  private final StringBuilder out = new StringBuilder(16 << 10);
  private String name = "";

  /// Begins a family; the samples that follow are its own.
  void family(String name, String type, String help) {
    this.name = name;
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /// A sample; `labels` are `name, value, name, value …`.
  void sample(double value, String... labels) {
    out.append(name);
    for (int i = 0; i < labels.length; i += 2) {
      out.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      out.append(labels[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
          .append('"');
    }
    out.append(labels.length == 0 ? " " : "} ").append(FloatFormat.general(value)).append('\n');
  }

  /// A whole number; beyond 2^53 the nearest one that a sample can hold.
  void sample(long value, String... labels) {
    sample((double) value, labels);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
