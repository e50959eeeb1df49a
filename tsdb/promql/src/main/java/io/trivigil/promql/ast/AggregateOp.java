package io.trivigil.promql.ast;

/// The aggregators.
public enum AggregateOp {
  SUM,
  AVG,
  COUNT,
  MIN,
  MAX,
  GROUP,
  STDDEV,
  STDVAR,
  TOPK,
  BOTTOMK,
  COUNT_VALUES,
  QUANTILE,
  LIMITK,
  LIMIT_RATIO;

  private final String text = name().toLowerCase(java.util.Locale.ROOT);

  /// The aggregator as it is written.
  public String text() {
    return text;
  }

  public boolean hasParameter() {
    return switch (this) {
      case TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO -> true;
      default -> false;
    };
  }

  public boolean isExperimental() {
    return this == LIMITK || this == LIMIT_RATIO;
  }

  /// Whether the result of a group is found by adding value to value.
  public boolean folds() {
    return switch (this) {
      case SUM, AVG, COUNT, MIN, MAX, GROUP, STDDEV, STDVAR -> true;
      default -> false;
    };
  }

  /// Whether the result consists of some of the input series, unchanged.
  public boolean selects() {
    return this == TOPK || this == BOTTOMK || isExperimental();
  }
}
