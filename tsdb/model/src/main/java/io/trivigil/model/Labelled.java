package io.trivigil.model;

/// What has labels. Texts cost more than numbers: who keeps many series keeps each text once, by a
/// number, and can tell the numbers sooner than it can make the labels.
public interface Labelled {
  /// The labels; may be made anew each time.
  Labels labels();

  /// The value of label `i`, in the order of their names.
  default String value(int i) {
    return labels().value(i);
  }

  /// Puts the labels down as numbers, if they are known as numbers. Returns whether they are.
  ///
  /// Among all in one view that are, equal numbers are equal texts and different ones are different
  /// texts; they hold while the view is open, and say nothing of another view's.
  default boolean number(LabelNumbers out) {
    return false;
  }
}
