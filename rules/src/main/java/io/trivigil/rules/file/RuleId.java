package io.trivigil.rules.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// What a rule's state hangs on: a changed expression keeps it, another name or other labels do
/// not.
public record RuleId(boolean alerting, String name, SequencedMap<String, String> labels) {
  public RuleId {
    labels = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(labels));
  }
}
