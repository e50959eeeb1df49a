package io.trivigil.promql.eval;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;

/// Somebody's labels without the metric's name.
record Nameless(Labelled named) implements Labelled {
  /// The same; labels that are known are not wrapped.
  static Labelled of(Labelled labelled) {
    return switch (labelled) {
      case Labels known -> known.dropName();
      case Nameless already -> already;
      default -> new Nameless(labelled);
    };
  }

  @Override
  public Labels labels() {
    return named.labels().dropName();
  }

  @Override
  public boolean number(LabelNumbers out) {
    boolean known = named.number(out);
    if (known) {
      out.dropMetricName();
    }
    return known;
  }
}
