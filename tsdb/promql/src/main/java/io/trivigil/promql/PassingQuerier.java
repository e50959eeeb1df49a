package io.trivigil.promql;

import io.trivigil.model.Matcher;
import java.util.List;

/// Passes everything but [#select] on to another view, and closes it: for views that show its
/// series in another way.
public abstract class PassingQuerier implements Querier {
  /// The view behind this one.
  protected final Querier below;

  protected PassingQuerier(Querier below) {
    this.below = below;
  }

  @Override
  public List<String> labelNames(long fromMs, long toMs, List<Matcher> matchers) {
    return below.labelNames(fromMs, toMs, matchers);
  }

  @Override
  public List<String> labelValues(String name, long fromMs, long toMs, List<Matcher> matchers) {
    return below.labelValues(name, fromMs, toMs, matchers);
  }

  @Override
  public long appliedIndex() {
    return below.appliedIndex();
  }

  @Override
  public void close() {
    below.close();
  }
}
