package io.trivigil.promql.ast;

import java.util.List;
import java.util.OptionalDouble;

/// How the series of two vectors find each other.
///
/// @param card which side may have many series per group
/// @param labels the labels of `on` or `ignoring`
/// @param on whether `labels` are those that count, or those that do not
/// @param include labels that `group_left` or `group_right` copies from the "one" side
/// @param fillLeft the value of a missing left side
/// @param fillRight the value of a missing right side
public record VectorMatching(
    Card card,
    List<String> labels,
    boolean on,
    List<String> include,
    OptionalDouble fillLeft,
    OptionalDouble fillRight) {

  /// Who may be many.
  public enum Card {
    ONE_TO_ONE,
    MANY_TO_ONE,
    ONE_TO_MANY,
    MANY_TO_MANY
  }

  /// No modifier at all.
  public static final VectorMatching DEFAULT =
      new VectorMatching(
          Card.ONE_TO_ONE,
          List.of(),
          false,
          List.of(),
          OptionalDouble.empty(),
          OptionalDouble.empty());

  public VectorMatching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
  }

  public VectorMatching withCard(Card changed) {
    return new VectorMatching(changed, labels, on, include, fillLeft, fillRight);
  }

  public boolean fills() {
    return fillLeft.isPresent() || fillRight.isPresent();
  }
}
