package io.trivigil.alertmanager.state;

import io.trivigil.alertmanager.state.Answer.Accepted;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.Command.Observed;
import io.trivigil.alertmanager.state.Command.Received;
import io.trivigil.alertmanager.state.Command.ToldAlone;
import io.trivigil.model.AlertUpdate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `apply` does with alerts and their history. Belongs to the machine, under its lock.
final class AlertsBook {
  private final State state;
  private final Limits limits;

  AlertsBook(State state, Limits limits) {
    this.state = state;
    this.limits = limits;
  }

  /// Takes each valid update; says how many were refused.
  Answer receive(AlertsReceived received) {
    int refused = 0;
    for (Received one : received.alerts()) {
      AlertUpdate update = one.update();
      boolean valid =
          !update.labels().isEmpty()
              && (update.endsMs() == 0 || update.endsMs() >= update.startsMs());
      Alert old = state.alerts.get(update.labels());
      if (!valid || (old == null && state.alerts.size() >= limits.alerts())) {
        refused++;
      } else {
        take(one, old);
      }
    }
    return new Accepted(refused == 0 ? "" : "refused=" + refused);
  }

  private void take(Received received, @Nullable Alert old) {
    long nowMs = state.logTimeMs;
    AlertUpdate update = received.update();
    Alert alert =
        new Alert(
            old == null ? Fingerprint.of(update.labels()) : old.fingerprint(),
            update.labels(),
            update.annotations(),
            update.startsMs(),
            update.endsMs(),
            update.generatorUrl(),
            received.timeout(),
            nowMs,
            nowMs,
            0,
            Phase.ACTIVE);
    boolean isOver = alert.resolvedAt(nowMs);
    if (old == null) {
      if (!isOver) { // the end of what nobody heard of is no news
        begin(alert);
      }
      return;
    }
    boolean wasOver = old.resolvedAt(nowMs);
    Alert merged = overlap(old, alert) ? merge(old, alert, nowMs) : alert;
    if (wasOver && !merged.resolvedAt(nowMs)) {
      begin(merged);
      return;
    }
    boolean same =
        merged.startsMs() == old.startsMs()
            && merged.endsMs() == old.endsMs()
            && merged.timeout() == old.timeout()
            && merged.annotations().equals(old.annotations())
            && merged.generatorUrl().equals(old.generatorUrl());
    boolean ends = !wasOver && merged.resolvedAt(nowMs);
    if (same) {
      return;
    }
    state.put(
        replace(merged, old.receivedMs(), ++state.revision, ends ? Phase.RESOLVED : old.phase()));
    if (ends) {
      tell(merged.endsMs(), merged, Phase.RESOLVED, "");
    }
  }

  private void begin(Alert alert) {
    state.put(replace(alert, state.logTimeMs, ++state.revision, Phase.ACTIVE));
    tell(state.logTimeMs, alert, Phase.ACTIVE, "");
  }

  private static Alert replace(Alert alert, long receivedMs, long revision, Phase phase) {
    return new Alert(
        alert.fingerprint(),
        alert.labels(),
        alert.annotations(),
        alert.startsMs(),
        alert.endsMs(),
        alert.generatorUrl(),
        alert.timeout(),
        receivedMs,
        alert.updatedMs(),
        revision,
        phase);
  }

  private static long end(Alert alert) {
    return alert.endsMs() == 0 ? Long.MAX_VALUE : alert.endsMs();
  }

  private static boolean overlap(Alert old, Alert update) {
    return (end(update) > old.startsMs() && end(update) < end(old))
        || (update.startsMs() > old.startsMs() && update.startsMs() < end(old));
  }

  /// Upstream's rule: the update wins, but the earliest start stays; a later end that a sender
  /// named is kept while the alert fires; of two ends that are past, the later one counts.
  private static Alert merge(Alert old, Alert update, long nowMs) {
    boolean updateOver = update.resolvedAt(nowMs);
    boolean oldEndCounts = updateOver ? old.resolvedAt(nowMs) : !old.timeout();
    boolean keepOldEnd = end(old) > end(update) && oldEndCounts;
    return new Alert(
        update.fingerprint(),
        update.labels(),
        update.annotations(),
        Math.min(old.startsMs(), update.startsMs()),
        keepOldEnd ? old.endsMs() : update.endsMs(),
        update.generatorUrl(),
        keepOldEnd ? old.timeout() : update.timeout(),
        update.receivedMs(),
        update.updatedMs(),
        0,
        update.phase());
  }

  /// Moves the ends of what fired when the gap began.
  Answer shift(long fromMs, long toMs) {
    if (toMs <= fromMs || toMs <= state.lastGapMs) {
      return new Accepted("known already");
    }
    // A gap that was told in two parts counts each moment once.
    long shiftMs = toMs - Math.max(fromMs, state.lastGapMs);
    state.lastGapMs = toMs;
    List<Alert> firing = new ArrayList<>();
    for (Alert alert : state.alerts.values()) {
      // Who was first heard of behind the gap did not fire in it.
      if (alert.endsMs() != 0 && !alert.resolvedAt(fromMs) && alert.receivedMs() < toMs) {
        firing.add(alert);
      }
    }
    for (Alert alert : firing) {
      state.put(alert.withEnd(alert.endsMs() + shiftMs, ++state.revision));
    }
    return Answer.done();
  }

  /// Takes note of what a node told while there was no quorum. What a receiver was told stays in
  /// the log together with it; an alert that nobody else knows becomes known, also if it is over:
  /// its end is still to be told.
  Answer toldAlone(ToldAlone alone) {
    if (state.toldAlone.contains(alone.id())) {
      return new Accepted("known already");
    }
    state.toldAlone.addLast(alone.id());
    while (state.toldAlone.size() > Limits.TOLD_ALONE) {
      state.toldAlone.removeFirst();
    }
    List<Long> hashes = new ArrayList<>();
    for (AlertUpdate update : alone.told()) {
      long hash = Fingerprint.of(update.labels());
      hashes.add(hash);
      Alert known = state.alerts.get(update.labels());
      if (known == null ? state.alerts.size() < limits.alerts() : firedAnew(update, known)) {
        begin(firstHeard(update, hash));
      } else if (known != null && (known.resolvedAt(state.logTimeMs) || isEnd(update, known))) {
        // A new revision: its end, told before or not, is to be told behind this.
        long endsMs = known.resolvedAt(state.logTimeMs) ? known.endsMs() : update.endsMs();
        state.put(known.withEnd(endsMs, ++state.revision));
      }
    }
    LogEntry before = state.log.get(alone.destination());
    Hashes told = Hashes.of(hashes);
    state.log.put(
        alone.destination(),
        new LogEntry(
            ++state.sequence,
            before == null ? alone.flushMs() : Math.max(before.flushMs(), alone.flushMs()),
            before == null ? told : before.firing().plus(told),
            before == null ? Hashes.NONE : before.resolved(),
            alone.id(),
            before == null || before.certain()));
    // What is on its way to the receiver leaves that in the log when it arrives; what is decided
    // from now on knows of it.
    state.attempts.replaceAll(
        (_, open) -> open.destination().equals(alone.destination()) ? open.beside(told) : open);
    for (long hash : hashes) {
      tellEach(hash, Phase.NOTIFIED, detail(alone.destination()) + " without a quorum");
    }
    return Answer.done();
  }

  /// Whether what the node told of began after an end that somebody named, which is not the end of
  /// this. One whose time only ran out while nothing was committed has no end yet.
  private static boolean firedAnew(AlertUpdate update, Alert known) {
    boolean named = known.endsMs() != 0 && known.endsMs() <= known.updatedMs();
    return named && known.endsMs() < update.startsMs();
  }

  private Alert firstHeard(AlertUpdate update, long hash) {
    return new Alert(
        hash,
        update.labels(),
        update.annotations(),
        update.startsMs(),
        update.endsMs(),
        update.generatorUrl(),
        false,
        state.logTimeMs,
        state.logTimeMs,
        0,
        Phase.ACTIVE);
  }

  /// Whether the node says the end of an alert that has none: its own notice. For others the
  /// cluster's own evaluation counts.
  private boolean isEnd(AlertUpdate update, Alert known) {
    return known.endsMs() == 0 && update.endsMs() != 0 && update.endsMs() <= state.logTimeMs;
  }

  /// Writes what the leader saw into the history, where it is new.
  void observe(Flush flush) {
    for (Observed seen : flush.observed()) {
      Alert alert = state.alert(seen.fingerprint());
      if (alert != null && alert.phase() != seen.phase()) {
        state.put(alert.withPhase(seen.phase()));
        long atMs = seen.phase() == Phase.RESOLVED ? alert.endsMs() : flush.decidedMs();
        tell(atMs, alert, seen.phase(), seen.detail());
      }
    }
  }

  void tellNotified(Attempt attempt) {
    for (long hash : attempt.firing().toArray()) {
      tellEach(hash, Phase.NOTIFIED, detail(attempt.destination()));
    }
    for (long hash : attempt.resolved().toArray()) {
      tellEach(hash, Phase.RESOLVED_NOTIFIED, detail(attempt.destination()));
    }
  }

  void tellFailed(Hashes firing, Hashes resolved, Destination destination, String reason) {
    for (Hashes hashes : List.of(firing, resolved)) {
      for (long hash : hashes.toArray()) {
        tellEach(hash, Phase.FAILED, detail(destination) + ": " + reason);
      }
    }
  }

  private void tellEach(long fingerprint, Phase phase, String detail) {
    Alert alert = state.alert(fingerprint);
    if (alert != null) {
      state.put(alert.withPhase(phase));
      tell(state.logTimeMs, alert, phase, detail);
    }
  }

  private static String detail(Destination destination) {
    return destination.receiver() + "/" + destination.integrationText();
  }

  private void tell(long atMs, Alert alert, Phase phase, String detail) {
    state.tell(atMs, alert.labels(), phase, detail, limits.history());
  }
}
