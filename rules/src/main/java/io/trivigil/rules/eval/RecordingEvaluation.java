package io.trivigil.rules.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.query.VectorSample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Turns a result into the series of a recording rule. Pure.
final class RecordingEvaluation {
  private RecordingEvaluation() {}

  /// @param histograms whether native histograms may be stored
  static RuleOutcome evaluate(
      Rule.Recording rule, int limit, List<VectorSample> vector, boolean histograms) {
    List<RuleOutcome.Sample> samples = new ArrayList<>(vector.size());
    Set<Labels> seen = new HashSet<>();
    for (VectorSample element : vector) {
      if (element.histogram().isPresent() && !histograms) {
        return RuleOutcome.failed(
            "native histograms can not be recorded: not every member stores them, or there is no"
                + " quorum");
      }
      Labels.Builder builder = element.labels().toBuilder().set(Labels.NAME, rule.name());
      rule.labels().forEach(builder::set);
      Labels series = builder.build();
      if (!seen.add(series)) {
        return RuleOutcome.failed(
            "vector contains metrics with the same labelset after applying rule labels");
      }
      try {
        samples.add(
            new RuleOutcome.Sample(
                series, element.value(), element.histogram().map(NativeHistogram::of)));
      } catch (IllegalArgumentException e) {
        return RuleOutcome.failed(String.valueOf(e.getMessage()));
      }
    }
    if (limit > 0 && samples.size() > limit) {
      return RuleOutcome.failed(
          "exceeded limit of %d with %d series".formatted(limit, samples.size()));
    }
    return new RuleOutcome("", samples, Optional.empty(), List.of(), List.of());
  }
}
