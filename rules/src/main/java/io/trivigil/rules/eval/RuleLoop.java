package io.trivigil.rules.eval;

import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand;
import io.trivigil.rules.run.RulesCommand.ForgetGroups;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import io.trivigil.rules.run.RulesMachine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs all groups of one configuration while this node leads one term.
///
/// Made when leadership is ready, closed when it is lost or the configuration changes: the next
/// loop continues from the replicated state, so that unchanged groups keep their slots and their
/// alerts. One virtual thread per group; at most `concurrency` of them evaluate at a time. [#close]
/// returns at once: who waits ends, and a run that is being evaluated ends without a proposal.
/// Nobody is interrupted, because an interrupt closes files that others still read.
public final class RuleLoop implements AutoCloseable {
  /// Groups that evaluate at the same time.
  public static final int DEFAULT_CONCURRENCY = 4;

  /// How long a run that was not recorded waits before it is tried again.
  static final long RETRY_MS = 250;

  private static final Logger LOG = LoggerFactory.getLogger(RuleLoop.class);

  private final RuleSet rules;
  private final GroupEvaluator evaluator;
  private final RulesMachine machine;
  private final CommandLog log;
  private final InstantSource clock;
  private final RuleMetrics metrics;
  private final Semaphore permits;
  private final Workers workers;
  private final Pause pause;

  /// @param machine the replicated state, read only
  /// @param log proposes in the term of this leadership
  /// @param workers the threads of the groups
  public RuleLoop(
      RuleSet rules,
      GroupEvaluator evaluator,
      RulesMachine machine,
      CommandLog log,
      InstantSource clock,
      Metrics metrics,
      Workers workers,
      int concurrency) {
    this.rules = rules;
    this.evaluator = evaluator;
    this.machine = machine;
    this.log = log;
    this.clock = clock;
    this.metrics = new RuleMetrics(metrics);
    this.workers = workers;
    this.pause = new Pause(workers);
    this.permits = new Semaphore(concurrency);
  }

  /// Begins. A group whose newest slot has not been run is run at once.
  public void start() {
    for (RuleGroup group : rules.groups()) {
      metrics.watch(group);
      String name = "rules-" + group.key().file() + ";" + group.key().name();
      workers.start(name, () -> guarded(() -> loop(group)));
    }
    workers.start("rules-forget", () -> guarded(this::forgetRemoved));
    LOG.atInfo()
        .addKeyValue("groups", rules.groups().size())
        .addKeyValue("config_version", rules.configVersion())
        .log("rule evaluation started");
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private static void guarded(Work work) {
    try {
      work.run();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // The thread ends here anyway.
    }
  }

  private void loop(RuleGroup group) throws InterruptedException {
    Schedule schedule = Schedule.of(group);
    // A group that never ran waits for its first slot: at the first start there is nothing to ask
    // about.
    long startMs = schedule.slotAt(clock.millis());
    while (!pause.isStopped()) {
      long waitMs;
      try {
        waitMs = step(group, schedule, startMs);
      } catch (RuntimeException e) {
        // A group that stopped silently would be the worst outcome: say it, and go on with the next
        // slot.
        LOG.atError().addKeyValue("group", group.key().name()).setCause(e).log("rule run broke");
        metrics.lost("broken");
        waitMs = Math.max(RETRY_MS, schedule.slotAfter(clock.millis()) - clock.millis());
      }
      if (!pause.await(waitMs)) {
        return;
      }
    }
  }

  /// Runs the group if it is due, and says how long to wait then.
  long step(RuleGroup group, Schedule schedule, long startMs) throws InterruptedException {
    Optional<GroupState> before = machine.group(group.key());
    long lastMs = before.map(GroupState::slotMs).orElse(startMs);
    boolean counting = before.map(state -> state.intervalMs() == group.intervalMs()).orElse(false);
    long nowMs = clock.millis();
    Optional<Schedule.Due> due = schedule.due(nowMs, lastMs, counting);
    if (due.isEmpty()) {
      return Math.max(1, Math.max(schedule.slotAfter(lastMs), schedule.slotAfter(nowMs)) - nowMs);
    }
    RuleRun run;
    permits.acquire();
    try {
      run = evaluator.evaluate(group, rules.settings(), before, due.get(), rules.configVersion());
    } finally {
      permits.release();
    }
    if (pause.isStopped()) {
      return RETRY_MS; // Somebody else leads, or other rules are in force: this run decides
      // nothing.
    }
    if (propose(run)) {
      metrics.ran(run);
      return 0;
    }
    return RETRY_MS;
  }

  private boolean propose(RulesCommand command) throws InterruptedException {
    return switch (log.propose(command)) {
      case CommandLog.Outcome.Applied(RulesAnswer.Accepted _) -> true;
      case CommandLog.Outcome.Applied(
              RulesAnswer.Refused(RulesAnswer.Reason reason, String detail)) -> {
        metrics.lost(reason.name().toLowerCase(Locale.ROOT));
        LOG.atDebug().addKeyValue("detail", detail).log("rule command refused");
        yield false;
      }
      case CommandLog.Outcome.Lost(String reason) -> {
        metrics.lost("lost");
        LOG.atDebug().addKeyValue("reason", reason).log("rule command lost");
        yield false;
      }
    };
  }

  private void forgetRemoved() throws InterruptedException {
    Set<GroupKey> wanted = new HashSet<>();
    rules.groups().forEach(group -> wanted.add(group.key()));
    do {
      List<GroupKey> removed = new ArrayList<>(machine.groups().keySet());
      removed.removeAll(wanted);
      if (removed.isEmpty()
          || propose(new ForgetGroups(rules.configVersion(), clock.millis(), removed))) {
        return;
      }
    } while (pause.await(RETRY_MS));
  }

  @Override
  public void close() {
    pause.stop();
    rules.groups().forEach(metrics::forget);
  }
}
