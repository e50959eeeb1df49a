package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Decider.Decision;
import io.trivigil.alertmanager.dispatch.Decider.Local;
import io.trivigil.alertmanager.dispatch.Renderer.RenderException;
import io.trivigil.alertmanager.state.Answer;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.Command.AttemptPlan;
import io.trivigil.alertmanager.state.Command.AttemptRetried;
import io.trivigil.alertmanager.state.Command.AttemptsStarted;
import io.trivigil.alertmanager.state.Command.GapSeen;
import io.trivigil.alertmanager.state.Command.Outcome;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.alertmanager.state.StateView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The dispatcher's work during one term. Confined to the thread that calls [#tick]; answers of
/// others wait in a mailbox until then.
final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static final Duration AFTER_REFUSAL = Duration.ofMillis(250);

  private final DispatchPorts ports;
  private final Decider decider;
  private final Maintenance maintenance;
  private final HeartbeatPlanner heartbeats;
  private final long term;
  private final Runnable wake;
  private final Set<String> sent;
  private final Set<String> sending = new HashSet<>();
  private final Set<String> proposing = new HashSet<>();
  private final ConcurrentLinkedQueue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
  private volatile boolean over;
  private Grouping grouping;
  private @Nullable StateView seenState;
  private @Nullable Setup seenSetup;
  private long seenUntilMs;
  private long withheldSlotMs = Long.MIN_VALUE;
  private @Nullable GapSeen gap; // to be told before anything is decided
  private boolean tellingGap;

  /// @param sent tries that were handed to a sender in this term; is added to
  /// @param gap the time before this term in which nothing was committed
  Leadership(
      DispatchPorts ports,
      Decider decider,
      long term,
      Runnable wake,
      Set<String> sent,
      Optional<GapSeen> gap) {
    this.gap = gap.orElse(null);
    this.ports = ports;
    this.decider = decider;
    this.maintenance = new Maintenance(ports.settings());
    this.heartbeats = new HeartbeatPlanner(ports.settings(), decider::timeout);
    this.term = term;
    this.wake = wake;
    this.sent = sent;
    this.grouping = new Grouping(ports.setup().get().config().route());
  }

  /// Ends it: nothing more is decided, and no request is begun. May be called from any thread.
  void end() {
    over = true;
  }

  /// Looks at the state at this time, does what is to be done, and returns when to look again.
  @SuppressWarnings("ReferenceEquality") // views and setups are new ones exactly if they differ
  long tick(long nowMs) {
    boolean news = false;
    for (Runnable mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
      mail.run();
      news = true;
    }
    if (over) {
      return Long.MAX_VALUE;
    }
    Setup setup = ports.setup().get();
    if (grouping.root() != setup.config().route()) {
      grouping = new Grouping(setup.config().route());
    }
    if (gap != null) {
      tell(gap);
      return Long.MAX_VALUE; // until it is told
    }
    StateView state = ports.state().get();
    if (!news && state == seenState && setup == seenSetup && nowMs < seenUntilMs) {
      return seenUntilMs; // entries that are not ours wake us too
    }
    seenState = state;
    seenSetup = setup;
    sent.removeIf(key -> !isOpen(state, key));
    Decision decision =
        decider.decide(
            state,
            setup.config(),
            grouping,
            nowMs,
            new Local(ports.node(), term, sent, sending, proposing));
    decision.actions().forEach(action -> act(action, state, setup, nowMs));
    long beatMs = beat(state, setup, nowMs);
    long tidyMs = maintenance.look(state, grouping, nowMs, c -> propose("maintenance", c));
    seenUntilMs = Math.min(Math.min(decision.nextWakeMs(), beatMs), tidyMs);
    return seenUntilMs;
  }

  /// Takes note that nothing was done here from one time to the other: before the log has moved the
  /// ends of what fired then, for nobody could repeat it, no end may be believed.
  void stoodStill(long fromMs, long toMs) {
    gap = new GapSeen(gap == null ? fromMs : Math.min(gap.fromMs(), fromMs), toMs);
  }

  private void tell(GapSeen told) {
    if (tellingGap) {
      return;
    }
    tellingGap = true;
    LOG.info(
        "nothing was committed for a while, alerts are kept from_ms={} to_ms={}",
        told.fromMs(),
        told.toMs());
    var _ =
        ports
            .log()
            .proposeAsLeader(term, CommandCodec.encode(told))
            .thenAccept(
                fate -> {
                  if (fate instanceof CommandLog.Fate.Applied) {
                    post(() -> toldGap(told));
                  } else {
                    ports.timer().after(AFTER_REFUSAL, () -> post(() -> tellingGap = false));
                  }
                });
  }

  private void toldGap(GapSeen told) {
    tellingGap = false;
    if (told.equals(gap)) { // or this node stood still again since
      gap = null;
    }
  }

  private void act(Action action, StateView state, Setup setup, long nowMs) {
    switch (action) {
      case Action.Notify notify -> start(notify, setup, nowMs);
      case Action.Propose(String subject, Command command) -> {
        count(command, state);
        propose(subject, command);
      }
      case Action.Send(Attempt attempt, Integration integration, Duration timeout) ->
          send(attempt, integration, timeout);
    }
  }

  private void count(Command command, StateView state) {
    if (command instanceof AttemptRetried retried) {
      ports.metrics().repeated();
      Attempt attempt = state.attempts().get(retried.id());
      if (attempt != null && attempt.isLeased() && attempt.term() != term) {
        ports.metrics().takenOver();
      }
    }
    if (command instanceof AttemptFinished finished) {
      LOG.warn("attempt given up id={} reason={}", finished.id(), finished.reason());
      Attempt attempt = state.attempts().get(finished.id());
      ports.metrics().failed(integration(state, finished.id()), "other");
      if (attempt != null) {
        ports.metrics().outcome(attempt.destination(), outcomeText(finished.outcome()));
      }
    }
  }

  private static String outcomeText(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  /// Looks after the dead man's switch; returns when to look again.
  private long beat(StateView state, Setup setup, long nowMs) {
    if (setup.heartbeat().isEmpty()) {
      return Long.MAX_VALUE;
    }
    HeartbeatPlanner.Beat beat =
        heartbeats.decide(state, setup.config(), setup.heartbeat().get(), nowMs, proposing);
    beat.action().ifPresent(action -> act(action, state, setup, nowMs));
    if (!beat.withheld().isEmpty() && beat.slotMs() != withheldSlotMs) {
      withheldSlotMs = beat.slotMs();
      ports.metrics().withheld();
      LOG.warn("heartbeat is held back reason={}", beat.withheld());
    }
    return beat.nextWakeMs();
  }

  private static boolean isOpen(StateView state, String tryKey) {
    return state.attempts().containsKey(tryKey.substring(0, tryKey.lastIndexOf('#')));
  }

  private static String integration(StateView state, String attemptId) {
    Attempt attempt = state.attempts().get(attemptId);
    return attempt == null ? "unknown" : attempt.destination().integration();
  }

  private void start(Action.Notify notify, Setup setup, long nowMs) {
    List<AttemptPlan> plans = new ArrayList<>();
    int maxBytes =
        Math.min(
            ports.settings().maxPayloadBytes(),
            ports.settings().maxFlushBytes() / notify.needs().size());
    for (Action.Need need : notify.needs()) {
      plans.add(plan(notify, need, setup, nowMs, maxBytes));
    }
    propose(notify.group().stateKey(), new AttemptsStarted(notify.flush(), plans));
  }

  private AttemptPlan plan(
      Action.Notify notify, Action.Need need, Setup setup, long nowMs, int maxBytes) {
    String id = ports.ids().apply(need);
    AttemptPlan.Mode mode = need.mode();
    Payload payload = Payload.EMPTY;
    String reason = "";
    String integration = need.integration().kind();
    if (mode == AttemptPlan.Mode.SEND) {
      ports.metrics().notified(integration);
      try {
        payload = setup.renderer().render(notify, need, id, nowMs, maxBytes);
      } catch (RenderException e) {
        mode = AttemptPlan.Mode.FAILED;
        reason = String.valueOf(e.getMessage());
      }
    } else if (mode == AttemptPlan.Mode.UNSUPPORTED) {
      reason = integration + " is not sent yet by this version";
    }
    if (!reason.isEmpty()) {
      ports.metrics().failed(integration, "clientError");
      LOG.error(
          "notification can not be sent receiver={} integration={} group={} reason={}",
          need.destination().receiver(),
          need.destination().integrationText(),
          notify.group().groupKey(),
          reason);
    }
    return new AttemptPlan(
        id,
        need.destination(),
        need.expectedLogVersion(),
        payload,
        need.firing(),
        need.resolved(),
        ports.node(),
        term,
        need.leaseUntilMs(),
        need.giveUpMs(),
        mode,
        reason);
  }

  private void propose(String subject, Command command) {
    if (!proposing.add(subject)) {
      return;
    }
    var _ =
        ports
            .log()
            .proposeAsLeader(term, CommandCodec.encode(command))
            .whenComplete(
                (fate, _) -> {
                  if (fate instanceof CommandLog.Fate.Applied(byte[] answer)
                      && Answer.decode(answer) instanceof Answer.Accepted) {
                    post(() -> proposing.remove(subject));
                  } else {
                    // Not at once, or a log without a leader would be asked in a loop.
                    LOG.debug("proposal not done subject={} fate={}", subject, fate);
                    ports.timer().after(AFTER_REFUSAL, () -> post(() -> proposing.remove(subject)));
                  }
                });
  }

  private void send(Attempt attempt, Integration integration, Duration timeout) {
    if (!sent.add(Decider.tryKey(attempt))) {
      return;
    }
    sending.add(attempt.id());
    ports.metrics().begun();
    long begunNanos = ports.nanos().getAsLong();
    long untilMs = attempt.leaseUntilMs() - ports.settings().leaseMargin().toMillis();
    var _ =
        ports
            .sender()
            .send(attempt, integration, timeout, () -> !over && ports.clock().millis() < untilMs)
            .whenComplete(
                (delivery, failure) -> {
                  Delivery known =
                      failure == null ? delivery : new Delivery.Retry("other", failure.toString());
                  double seconds = (ports.nanos().getAsLong() - begunNanos) / 1e9;
                  // What happened must reach the log whoever leads by now; so this does not wait
                  // for
                  // the mailbox, which nobody empties after the end.
                  finish(attempt, integration, known, seconds);
                  post(() -> sending.remove(attempt.id()));
                });
  }

  private void finish(Attempt attempt, Integration integration, Delivery delivery, double seconds) {
    String kind = integration.kind();
    Outcome outcome;
    String reason;
    switch (delivery) {
      case Delivery.Delivered() -> {
        outcome = Outcome.DELIVERED;
        reason = "";
        ports.metrics().requested(kind, seconds, false);
      }
      case Delivery.Failed(String category, String why) -> {
        outcome = Outcome.FAILED;
        reason = why;
        ports.metrics().requested(kind, seconds, true);
        ports.metrics().failed(kind, category);
        warn("notification failed", attempt, why);
      }
      case Delivery.Retry(String _, String why) -> {
        outcome = Outcome.RETRY;
        reason = why;
        ports.metrics().requested(kind, seconds, true);
        warn("notification not delivered, will be tried again", attempt, why);
      }
      case Delivery.NotWritten() -> {
        outcome = Outcome.RETRY;
        reason = "not written: the lease was over";
      }
    }
    ports
        .metrics()
        .ended(
            attempt.destination(),
            delivery instanceof Delivery.NotWritten ? "not_written" : outcomeText(outcome));
    long retryAtMs =
        ports.clock().millis() + ports.settings().retryAfter(attempt.tryNo()).toMillis();
    AttemptFinished command =
        new AttemptFinished(
            attempt.id(),
            attempt.tryNo(),
            outcome,
            reason,
            outcome == Outcome.RETRY ? retryAtMs : 0);
    new OutcomeReport(ports, command).tell();
  }

  private static void warn(String message, Attempt attempt, String reason) {
    LOG.warn(
        "{} id={} try={} receiver={} integration={} reason={}",
        message,
        attempt.id(),
        attempt.tryNo(),
        attempt.destination().receiver(),
        attempt.destination().integrationText(),
        reason);
  }

  private void post(Runnable mail) {
    mailbox.add(mail);
    wake.run();
  }
}
