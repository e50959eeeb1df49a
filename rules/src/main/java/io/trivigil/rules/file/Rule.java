package io.trivigil.rules.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One rule of a group, with the group's labels merged in.
public sealed interface Rule {
  /// The series or the alert that it makes.
  String name();

  /// What it asks, as written.
  String expr();

  /// The labels that it adds, in byte order of their names; an empty value takes a label away.
  SequencedMap<String, String> labels();

  /// What tells this rule from others across reloads: kind, name and labels.
  default RuleId id() {
    return new RuleId(this instanceof Alerting, name(), labels());
  }

  /// Stores the result of an expression as new series.
  record Recording(String name, String expr, SequencedMap<String, String> labels) implements Rule {
    public Recording {
      labels = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(labels));
    }
  }

  /// Raises an alert for every element of an expression's result.
  ///
  /// @param forMs how long it must be true before the alert fires
  /// @param keepFiringForMs how long it goes on firing after it is no longer true
  record Alerting(
      String name,
      String expr,
      long forMs,
      long keepFiringForMs,
      SequencedMap<String, String> labels,
      SequencedMap<String, String> annotations)
      implements Rule {
    public Alerting {
      labels = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(labels));
      annotations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(annotations));
    }
  }
}
