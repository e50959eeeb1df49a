package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;

/// What the store should hold, said as simply as possible.
final class ReferenceStore {
  /// A sample as text.
  ///
  /// @param counts what makes it another one
  record Sample(String text, String counts) {}

  record Stored(long ref, TreeMap<Long, Sample> samples, Set<Long> deleted) {
    Stored copy() {
      return new Stored(ref, new TreeMap<>(samples), new HashSet<>(deleted));
    }
  }

  private final Map<Labels, Stored> series;
  private final Set<Long> retired = new HashSet<>();
  private long lastRef;
  private long newestMs = Long.MIN_VALUE;
  private long cutoffMs = Long.MIN_VALUE;

  ReferenceStore() {
    this(new HashMap<>());
  }

  private ReferenceStore(Map<Labels, Stored> series) {
    this.series = series;
  }

  ReferenceStore copy() {
    Map<Labels, Stored> copied = new HashMap<>();
    series.forEach((labels, stored) -> copied.put(labels, stored.copy()));
    ReferenceStore copy = new ReferenceStore(copied);
    copy.lastRef = lastRef;
    copy.newestMs = newestMs;
    copy.cutoffMs = cutoffMs;
    copy.retired.addAll(retired);
    return copy;
  }

  /// Content as text, comparable to [Contents#of].
  String content() {
    TreeMap<Labels, Stored> sorted = new TreeMap<>(series);
    StringBuilder out = new StringBuilder();
    sorted.forEach(
        (labels, stored) -> {
          int begin = out.length();
          out.append(labels);
          int empty = out.length();
          stored
              .samples()
              .tailMap(cutoffMs, true)
              .forEach(
                  (ms, sample) -> {
                    if (!stored.deleted().contains(ms)) {
                      out.append(' ').append(ms).append('=').append(sample.text());
                    }
                  });
          if (out.length() == empty) { // all of it was deleted
            out.setLength(begin);
          } else {
            out.append('\n');
          }
        });
    return out.toString();
  }

  void retain(long newCutoffMs) {
    if (newCutoffMs > cutoffMs) {
      cutoffMs = newCutoffMs;
      series.values().removeIf(stored -> stored.samples().lastKey() < cutoffMs);
    }
  }

  void delete(List<Long> refs, long fromMs, long toMs) {
    for (Stored stored : series.values()) {
      if (refs.contains(stored.ref())) {
        stored.deleted().addAll(stored.samples().subMap(fromMs, true, toMs, true).keySet());
      }
    }
  }

  void retire(long beforeMs, int most) {
    series.values().stream()
        .filter(stored -> !retired.contains(stored.ref()))
        .filter(stored -> stored.samples().lastKey() < beforeMs)
        .map(Stored::ref)
        .sorted()
        .limit(most)
        .toList()
        .forEach(retired::add);
  }

  /// Those that are not retired.
  List<Long> refs() {
    return refsByLabels().values().stream().sorted().toList();
  }

  /// Those that are not retired.
  Map<Labels, Long> refsByLabels() {
    Map<Labels, Long> refs = new HashMap<>();
    series.forEach(
        (labels, stored) -> {
          if (!retired.contains(stored.ref())) {
            refs.put(labels, stored.ref());
          }
        });
    return refs;
  }

  List<String> metricsWithSamples() {
    return series.entrySet().stream()
        .filter(
            one ->
                one.getValue().samples().tailMap(cutoffMs, true).keySet().stream()
                    .anyMatch(ms -> !one.getValue().deleted().contains(ms)))
        .map(one -> one.getKey().metricName())
        .distinct()
        .toList();
  }

  List<Labels> labels() {
    return series.keySet().stream().sorted().toList();
  }

  private Labels labelsOf(SampleBatch batch, int i) {
    if (batch.ref(i) == SampleBatch.NO_REF) {
      return batch.labels(i);
    }
    for (Map.Entry<Labels, Stored> entry : series.entrySet()) {
      if (entry.getValue().ref() == batch.ref(i) && !retired.contains(batch.ref(i))) {
        return entry.getKey();
      }
    }
    return Labels.EMPTY; // not known
  }

  AppendResult append(SampleBatch batch, AppendRules rules) {
    SequencedSet<Long> unknown = new LinkedHashSet<>();
    for (int i = 0; i < batch.size(); i++) {
      if (labelsOf(batch, i).isEmpty()) {
        unknown.add(batch.ref(i));
      }
    }
    if (!unknown.isEmpty()) {
      return new AppendResult.UnknownRefs(List.copyOf(unknown));
    }
    ReferenceStore trial = copy();
    int[] counts = new int[Verdict.values().length];
    List<Verdict> order = List.of(Verdict.values());
    int born = 0;
    List<OverLimit> over = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Labels labels = labelsOf(batch, i);
      boolean isNew = trial.isOut(labels);
      Verdict verdict = trial.add(labels, batch, i, rules);
      boolean alone = rules.apart() && verdict.name().endsWith("SERIES_LIMIT");
      if (rules.whole() && verdict.unwelcome() && !alone) {
        return new AppendResult.Refused(verdict, i);
      }
      if (verdict.name().endsWith("SERIES_LIMIT")) {
        leaveOut(verdict, labels, rules.limits(), i, over);
      }
      counts[order.indexOf(verdict)]++;
      born += isNew && !trial.isOut(labels) ? 1 : 0;
    }
    // A sample that was left out before its series was made has no reference to tell.
    List<Long> refs = new ArrayList<>();
    ReferenceStore again = copy();
    for (int i = 0; i < batch.size(); i++) {
      Labels labels = labelsOf(batch, i);
      again.add(labels, batch, i, rules);
      if (batch.ref(i) == SampleBatch.NO_REF) {
        Stored stored = again.series.get(labels);
        refs.add(stored == null || again.retired.contains(stored.ref()) ? 0L : stored.ref());
      }
    }
    retired.clear();
    retired.addAll(trial.retired);
    series.clear();
    series.putAll(trial.series);
    lastRef = trial.lastRef;
    newestMs =
        trial.series.values().stream()
            .mapToLong(stored -> stored.samples().lastKey())
            .reduce(newestMs, Math::max);
    int left = counts[6] + counts[7] + counts[8];
    return new AppendResult.Appended(
        counts[0] + counts[9],
        counts[1],
        counts[2],
        counts[3],
        counts[4],
        counts[5],
        left,
        born,
        refs,
        over);
  }

  private static void leaveOut(
      Verdict verdict, Labels labels, SeriesLimits limits, int sample, List<OverLimit> over) {
    OverLimit one =
        switch (verdict) {
          case METRIC_SERIES_LIMIT ->
              new OverLimit(verdict, labels.metricName(), limits.perMetric(), 1, sample);
          case JOB_SERIES_LIMIT ->
              new OverLimit(verdict, labels.get("job"), limits.perJob(), 1, sample);
          default -> new OverLimit(verdict, "", limits.total(), 1, sample);
        };
    for (OverLimit known : over) {
      if (known.offender().equals(one.offender())) {
        over.set(
            over.indexOf(known),
            new OverLimit(
                verdict, known.name(), known.limit(), known.samples() + 1, known.first()));
        return;
      }
    }
    over.add(one);
  }

  /// Whether the store has no such series, or it is retired.
  private boolean isOut(Labels labels) {
    Stored stored = series.get(labels);
    return stored == null || retired.contains(stored.ref());
  }

  private boolean full(int limit, String label, Labels labels) {
    return limit > 0
        && labels.has(label)
        && refsByLabels().keySet().stream()
                .filter(other -> other.get(label).equals(labels.get(label)))
                .count()
            >= limit;
  }

  private static Sample sample(SampleBatch batch, int i) {
    return new Sample(
        RandomHistograms.text(batch.value(i), batch.histogram(i)),
        RandomHistograms.countsText(batch.value(i), batch.histogram(i)));
  }

  private Verdict add(Labels labels, SampleBatch batch, int i, AppendRules rules) {
    long timestampMs = batch.timestampMs(i);
    Sample sample = sample(batch, i);
    Stored stored = series.get(labels);
    if (stored != null && stored.samples().lastKey() == timestampMs) {
      return stored.samples().lastEntry().getValue().counts().equals(sample.counts())
          ? Verdict.SAME
          : Verdict.DUPLICATE;
    }
    boolean late = stored != null && timestampMs < stored.samples().lastKey();
    if (timestampMs < cutoffMs) {
      return Verdict.TOO_OLD;
    }
    boolean inWindow =
        rules.windowMs() > 0
            && (newestMs == Long.MIN_VALUE || timestampMs >= newestMs - rules.windowMs());
    if (!inWindow && (timestampMs < rules.minMs() || (late && rules.windowMs() > 0))) {
      return Verdict.TOO_OLD;
    }
    if (timestampMs > rules.maxMs()) {
      return Verdict.TOO_FAR_AHEAD;
    }
    if (late && (!inWindow || (!rules.whole() && Staleness.isMarker(batch.value(i))))) {
      return Verdict.OUT_OF_ORDER;
    }
    if (isOut(labels) && i < batch.size() - rules.exempt()) {
      SeriesLimits limits = rules.limits();
      if (full(limits.perMetric(), Labels.NAME, labels)) {
        return Verdict.METRIC_SERIES_LIMIT;
      }
      if (full(limits.perJob(), "job", labels)) {
        return Verdict.JOB_SERIES_LIMIT;
      }
      if (limits.total() > 0 && refs().size() >= limits.total()) {
        return Verdict.SERIES_LIMIT;
      }
    }
    if (stored != null) {
      retired.remove(stored.ref());
    }
    if (stored != null && late) {
      if (stored.deleted().remove(timestampMs)) {
        stored.samples().put(timestampMs, sample);
      } else {
        stored.samples().putIfAbsent(timestampMs, sample);
      }
      return Verdict.LATE;
    }
    if (stored == null) {
      stored = new Stored(++lastRef, new TreeMap<>(), new HashSet<>());
      series.put(labels, stored);
    }
    stored.samples().put(timestampMs, sample);
    return Verdict.ACCEPTED;
  }
}
