package io.trivigil.alertmanager.state;

import io.trivigil.alertmanager.state.Answer.Accepted;
import io.trivigil.alertmanager.state.Answer.Refused;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.Command.AttemptPlan;
import io.trivigil.alertmanager.state.Command.AttemptRetried;
import io.trivigil.alertmanager.state.Command.AttemptsStarted;
import io.trivigil.alertmanager.state.Command.EndedAlert;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.Command.GapSeen;
import io.trivigil.alertmanager.state.Command.GroupFlushed;
import io.trivigil.alertmanager.state.Command.Maintain;
import io.trivigil.alertmanager.state.Command.SilenceExpire;
import io.trivigil.alertmanager.state.Command.SilenceSet;
import io.trivigil.alertmanager.state.Command.ToldAlone;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The alertmanager's replicated machine: (state, log time, command) to (state, answer).
///
/// Deterministic, and conditional where order matters, so that a command that is applied twice, or
/// that was decided on an older state, changes nothing the second time. A refusal changes nothing.
///
/// Thread-safe: a private lock guards the state; [#apply] holds it for one command, [#view] while
/// it copies, and hands out the same view until the next change.
public final class AlertmanagerMachine {
  private final Limits limits;
  private final Object lock = new Object();
  private final State state = new State();
  private @Nullable StateView cached;
  private final AlertsBook alerts;

  public AlertmanagerMachine(Limits limits) {
    this.limits = limits;
    this.alerts = new AlertsBook(state, limits);
  }

  /// Applies the bytes of one command and returns the bytes of an [Answer].
  public byte[] apply(long logTimeMs, byte[] command) {
    Command decoded;
    try {
      decoded = CommandCodec.decode(command);
    } catch (MalformedBytesException e) {
      return new Refused("malformed command: " + e.getMessage()).encode();
    }
    return apply(logTimeMs, decoded).encode();
  }

  /// The bytes of the answer to a command that is not taken.
  public static byte[] refusal(String reason) {
    return new Refused(reason).encode();
  }

  /// Applies one command.
  public Answer apply(long logTimeMs, Command command) {
    synchronized (lock) {
      cached = null;
      state.logTimeMs = Math.max(state.logTimeMs, logTimeMs);
      return switch (command) {
        case AlertsReceived received -> alerts.receive(received);
        case SilenceSet set -> set(set);
        case SilenceExpire expire -> expire(expire);
        case AttemptsStarted started -> start(started);
        case GroupFlushed flushed -> flushed(flushed);
        case AttemptRetried retried -> retry(retried);
        case AttemptFinished finished -> finish(finished);
        case Maintain maintain -> maintain(maintain);
        case ToldAlone alone -> alerts.toldAlone(alone);
        case GapSeen(long fromMs, long toMs) -> alerts.shift(fromMs, toMs);
      };
    }
  }

  /// The whole state as it is now.
  public StateView view() {
    synchronized (lock) {
      StateView view = cached;
      if (view == null) {
        view = state.view();
        cached = view;
      }
      return view;
    }
  }

  /// The state as bytes, by section: equal states give equal bytes.
  public SortedMap<String, byte[]> sections() {
    synchronized (lock) {
      return StateSections.write(state);
    }
  }

  /// Replaces the whole state by what [#sections] gave.
  ///
  /// @throws MalformedBytesException if the bytes are not of a state; the state is then empty
  public void restore(SortedMap<String, byte[]> sections) {
    synchronized (lock) {
      cached = null;
      StateSections.read(sections, state);
    }
  }

  private Answer set(SilenceSet set) {
    Silence wanted = set.silence();
    Silence known = state.silences.get(wanted.id());
    if ((known == null ? 0 : known.version()) != set.expectedVersion()) {
      return new Refused("silence %s was changed meanwhile".formatted(wanted.id()));
    }
    if (wanted.id().isEmpty()
        || wanted.matchers().isEmpty()
        || wanted.endsMs() < wanted.startsMs()) {
      return new Refused("silence is not valid");
    }
    if (known == null && state.silences.size() >= limits.silences()) {
      return new Refused("too many silences: limit=%d".formatted(limits.silences()));
    }
    ByteWriter measured = new ByteWriter();
    wanted.encode(measured);
    if (measured.size() > limits.silenceBytes()) {
      return new Refused(
          "silence is too large: bytes=%d limit=%d"
              .formatted(measured.size(), limits.silenceBytes()));
    }
    if (set.replaces().isPresent() && expire(set.replaces().get()) instanceof Refused refused) {
      return refused;
    }
    state.silences.put(wanted.id(), wanted.withVersion(++state.sequence));
    return new Accepted(wanted.id());
  }

  private Answer expire(SilenceExpire expire) {
    Silence known = state.silences.get(expire.id());
    if (known == null) {
      return new Refused("silence %s not found".formatted(expire.id()));
    }
    if (known.version() != expire.expectedVersion()) {
      return new Refused("silence %s was changed meanwhile".formatted(expire.id()));
    }
    if (known.stateAt(expire.atMs()) == Silence.State.EXPIRED) {
      return new Refused("silence %s is already expired".formatted(expire.id()));
    }
    state.silences.put(known.id(), known.expiredAt(expire.atMs()).withVersion(++state.sequence));
    return Answer.done();
  }

  private Answer start(AttemptsStarted started) {
    Flush flush = started.flush();
    String refusal = refusal(flush);
    Set<Destination> destinations = new HashSet<>();
    for (AttemptPlan plan : started.attempts()) {
      if (refusal.isEmpty() && !destinations.add(plan.destination())) {
        refusal = "destination stands twice: " + plan.destination().integrationText();
      }
      if (refusal.isEmpty()) {
        refusal = refusal(plan, flush);
      }
    }
    if (refusal.isEmpty() && state.attempts.size() + destinations.size() > limits.attempts()) {
      refusal = "too many open attempts: limit=%d".formatted(limits.attempts());
    }
    if (!refusal.isEmpty()) {
      return new Refused(refusal);
    }
    int pending = 0;
    boolean failed = false;
    for (AttemptPlan plan : started.attempts()) {
      switch (plan.mode()) {
        case SEND -> {
          pending++;
          state.attempts.put(plan.id(), open(plan, flush));
        }
        case FAILED -> failed = true;
        case LOG_ONLY, UNSUPPORTED -> log(plan.destination(), flush, plan);
      }
    }
    alerts.observe(flush);
    for (AttemptPlan plan : started.attempts()) {
      if (plan.mode() == AttemptPlan.Mode.FAILED || plan.mode() == AttemptPlan.Mode.UNSUPPORTED) {
        alerts.tellFailed(plan.firing(), plan.resolved(), plan.destination(), plan.reason());
      }
    }
    advance(flush, pending, failed || !flush.complete());
    return Answer.done();
  }

  /// The fence: why this attempt may not begin, or an empty text.
  private String refusal(AttemptPlan plan, Flush flush) {
    if (!plan.destination().groupKey().equals(flush.groupKey())) {
      return "attempt %s is of another group".formatted(plan.id());
    }
    if (plan.id().isEmpty() || state.attempts.containsKey(plan.id())) {
      return "attempt %s exists already".formatted(plan.id());
    }
    for (Attempt open : state.attempts.values()) {
      if (open.destination().equals(plan.destination())) {
        return "attempt %s to %s is open"
            .formatted(open.id(), plan.destination().integrationText());
      }
    }
    LogEntry entry = state.log.get(plan.destination());
    if ((entry == null ? 0 : entry.version()) != plan.expectedLogVersion()) {
      return "%s was told meanwhile".formatted(plan.destination().integrationText());
    }
    return "";
  }

  private String refusal(Flush flush) {
    GroupState group = state.groups.get(flush.groupKey());
    if ((group == null ? 0 : group.version()) != flush.expectedVersion()) {
      return "group %s was flushed meanwhile".formatted(flush.groupKey());
    }
    return "";
  }

  private static Attempt open(AttemptPlan plan, Flush flush) {
    return new Attempt(
        plan.id(),
        plan.destination(),
        plan.payload(),
        plan.firing(),
        plan.resolved(),
        flush.flushMs(),
        plan.giveUpMs(),
        1,
        plan.node(),
        plan.term(),
        Math.max(1, plan.leaseUntilMs()),
        0,
        "");
  }

  private void log(Destination destination, Flush flush, AttemptPlan plan) {
    state.log.put(
        destination,
        new LogEntry(
            ++state.sequence, flush.flushMs(), plan.firing(), plan.resolved(), plan.id(), true));
  }

  /// Moves the group's timing on. What is not covered by this flush stays covered as it was.
  private void advance(Flush flush, int pending, boolean failed) {
    GroupState before = state.groups.get(flush.groupKey());
    boolean covered = pending == 0 && !failed;
    long coveredMs = before == null ? 0 : before.coveredMs();
    long coveredRevision = before == null ? 0 : before.coveredRevision();
    state.groups.put(
        flush.groupKey(),
        new GroupState(
            ++state.sequence,
            flush.flushMs(),
            flush.decidedMs(),
            flush.seenRevision(),
            flush.nextFlushMs(),
            pending,
            failed,
            covered ? flush.decidedMs() : coveredMs,
            covered ? flush.seenRevision() : coveredRevision,
            false));
  }

  private Answer flushed(GroupFlushed flushed) {
    Flush flush = flushed.flush();
    String refusal = refusal(flush);
    if (!refusal.isEmpty()) {
      return new Refused(refusal);
    }
    alerts.observe(flush);
    switch (flushed.fate()) {
      case GOES_ON -> advance(flush, 0, !flush.complete());
      case RESTS ->
          state.groups.computeIfPresent(
              flush.groupKey(), (_, group) -> group.atRest(++state.sequence));
      case FORGOTTEN -> state.groups.remove(flush.groupKey());
    }
    return Answer.done();
  }

  private Answer retry(AttemptRetried retried) {
    Attempt attempt = state.attempts.get(retried.id());
    if (attempt == null) {
      return new Refused("attempt %s is closed".formatted(retried.id()));
    }
    if (attempt.tryNo() != retried.expectedTry()) {
      return new Refused("attempt %s was tried meanwhile".formatted(retried.id()));
    }
    long freeMs = attempt.isLeased() ? attempt.leaseUntilMs() : attempt.retryAtMs();
    if (retried.decidedMs() < freeMs) {
      return new Refused("attempt %s is not free before %d".formatted(retried.id(), freeMs));
    }
    state.attempts.put(
        attempt.id(), attempt.takenBy(retried.node(), retried.term(), retried.leaseUntilMs()));
    return Answer.done();
  }

  private Answer finish(AttemptFinished finished) {
    Attempt attempt = state.attempts.get(finished.id());
    if (attempt == null) {
      return new Accepted("closed already");
    }
    // That it was delivered is true whoever tries meanwhile; a failure speaks of its own try only.
    boolean current = finished.tryNo() == attempt.tryNo();
    switch (finished.outcome()) {
      case DELIVERED -> {
        state.log.put(attempt.destination(), delivered(attempt));
        alerts.tellNotified(attempt);
        close(attempt, false);
      }
      case FAILED -> {
        if (!current) {
          return new Refused("attempt %s was tried meanwhile".formatted(finished.id()));
        }
        alerts.tellFailed(
            attempt.firing(), attempt.resolved(), attempt.destination(), finished.reason());
        close(attempt, true);
      }
      case SUPERSEDED -> {
        if (!current || (attempt.isLeased() && attempt.leaseUntilMs() > state.logTimeMs)) {
          return new Refused("attempt %s was tried meanwhile".formatted(finished.id()));
        }
        supersede(attempt);
        alerts.tellFailed(
            attempt.firing(), attempt.resolved(), attempt.destination(), finished.reason());
        close(attempt, true);
      }
      case RETRY -> {
        if (!current || !attempt.isLeased()) {
          return new Refused("attempt %s was tried meanwhile".formatted(finished.id()));
        }
        state.attempts.put(
            attempt.id(), attempt.waitingUntil(finished.retryAtMs(), finished.reason()));
      }
    }
    return Answer.done();
  }

  private LogEntry delivered(Attempt attempt) {
    return new LogEntry(
        ++state.sequence,
        attempt.flushMs(),
        attempt.firing(),
        attempt.resolved(),
        attempt.id(),
        true);
  }

  /// The receiver may have been told: what was firing then stays in the log, so that its end is
  /// told.
  private void supersede(Attempt attempt) {
    LogEntry before = state.log.get(attempt.destination());
    Hashes firing = before == null ? attempt.firing() : attempt.firing().plus(before.firing());
    state.log.put(
        attempt.destination(),
        new LogEntry(
            ++state.sequence, attempt.flushMs(), firing, attempt.resolved(), attempt.id(), false));
  }

  private void close(Attempt attempt, boolean failed) {
    state.attempts.remove(attempt.id());
    String key = attempt.destination().groupKey();
    GroupState group = state.groups.get(key);
    if (group != null && group.flushMs() == attempt.flushMs()) {
      state.groups.put(key, group.afterOutcome(failed));
    }
  }

  private Answer maintain(Maintain maintain) {
    for (EndedAlert ended : maintain.endedAlerts()) {
      Alert alert = state.alerts.get(ended.labels());
      if (alert != null
          && alert.revision() == ended.revision()
          && alert.resolvedAt(state.logTimeMs)) {
        state.remove(alert);
      }
    }
    state.silences.values().removeIf(s -> s.endsMs() < maintain.silencesEndedBeforeMs());
    Set<Destination> open = new HashSet<>();
    state.attempts.values().forEach(attempt -> open.add(attempt.destination()));
    state
        .log
        .entrySet()
        .removeIf(
            e -> e.getValue().flushMs() < maintain.logBeforeMs() && !open.contains(e.getKey()));
    while (!state.history.isEmpty()
        && state.history.getFirst().atMs() < maintain.historyBeforeMs()) {
      state.history.removeFirst();
    }
    return Answer.done();
  }
}
