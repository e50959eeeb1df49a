package io.trivigil.alertmanager.state;

import io.trivigil.model.Labels;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The mutable state behind the machine, guarded by the machine's lock.
final class State {
  long logTimeMs;
  long revision;
  long sequence;
  long historySequence;
  long lastGapMs;
  final TreeMap<Labels, Alert> alerts = new TreeMap<>();
  final TreeMap<String, Silence> silences = new TreeMap<>();
  final TreeMap<Destination, LogEntry> log = new TreeMap<>();
  final TreeMap<String, GroupState> groups = new TreeMap<>();
  final TreeMap<String, Attempt> attempts = new TreeMap<>();

  /// Ids of what was told without a quorum, oldest first.
  final ArrayDeque<String> toldAlone = new ArrayDeque<>();

  final ArrayDeque<Transition> history = new ArrayDeque<>();

  /// Derived: from fingerprints to labels, for the history.
  private final Map<Long, Labels> byFingerprint = new HashMap<>();

  void put(Alert alert) {
    alerts.put(alert.labels(), alert);
    byFingerprint.put(alert.fingerprint(), alert.labels());
  }

  void remove(Alert alert) {
    alerts.remove(alert.labels());
    byFingerprint.remove(alert.fingerprint(), alert.labels());
  }

  @Nullable Alert alert(long fingerprint) {
    Labels labels = byFingerprint.get(fingerprint);
    return labels == null ? null : alerts.get(labels);
  }

  /// Adds a line to the history, and takes the oldest away beyond `limit`.
  void tell(long atMs, Labels labels, Phase phase, String detail, int limit) {
    history.addLast(new Transition(++historySequence, atMs, labels, phase, detail));
    while (history.size() > limit) {
      history.removeFirst();
    }
  }

  void clear() {
    alerts.clear();
    silences.clear();
    log.clear();
    groups.clear();
    attempts.clear();
    history.clear();
    toldAlone.clear();
    byFingerprint.clear();
  }

  StateView view() {
    return new StateView(
        logTimeMs,
        revision,
        Collections.unmodifiableList(new ArrayList<>(alerts.values())),
        Collections.unmodifiableSortedMap(new TreeMap<>(silences)),
        Collections.unmodifiableSortedMap(new TreeMap<>(log)),
        Collections.unmodifiableSortedMap(new TreeMap<>(groups)),
        Collections.unmodifiableSortedMap(new TreeMap<>(attempts)),
        Collections.unmodifiableList(new ArrayList<>(history)));
  }
}
