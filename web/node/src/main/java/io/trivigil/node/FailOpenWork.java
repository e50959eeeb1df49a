package io.trivigil.node;

import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.node.failopen.FailOpen;
import io.trivigil.node.failopen.FailOpenMachine.Merged;
import io.trivigil.node.failopen.FailOpenParts;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.node.failopen.MergeLog;
import io.trivigil.node.failopen.MergeSettings;
import io.trivigil.node.failopen.QuorumView;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine;
import io.trivigil.rules.eval.RuleSet;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.scraper.loop.Fetcher;
import io.trivigil.scraper.loop.Pacer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Joins [FailOpen] to the node: the log, what peers say, the configuration. Thread-safe.
final class FailOpenWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FailOpenWork.class);

  private final NodeOptions options;
  private final Node.World world;
  private final NodeMachine machine;
  private final Notifications notifications;
  private final Proposals proposals;
  private final Workers workers;
  private final Metrics metrics;
  private final FailOpen failOpen;
  private volatile @Nullable ReplicatedLog log; // set once
  private volatile Optional<Rules> rules = Optional.empty();

  private record Rules(LoadedConfig config, RuleSet set) {}

  FailOpenWork(
      NodeOptions options,
      Node.World world,
      NodeMachine machine,
      Notifications notifications,
      Fetcher fetcher,
      Pacer pacer,
      PromqlExpressions expressions,
      Proposals proposals,
      Metrics metrics) {
    this(
        options,
        world,
        machine,
        notifications,
        new FailOpenParts.Tools(
            options.nodeId(),
            fetcher,
            pacer,
            expressions,
            notifications.settings(),
            notifications.sender(),
            world.clock(),
            world.nanoTicker(),
            world.random(),
            metrics),
        proposals,
        UnaryOperator.identity());
  }

  /// @param seam where a test may put other parts in the place of the honest ones
  FailOpenWork(
      NodeOptions options,
      Node.World world,
      NodeMachine machine,
      Notifications notifications,
      FailOpenParts.Tools tools,
      Proposals proposals,
      UnaryOperator<FailOpenParts> seam) {
    this.options = options;
    this.world = world;
    this.machine = machine;
    this.notifications = notifications;
    this.proposals = proposals;
    this.workers = tools.pacer().workers();
    this.metrics = tools.metrics();
    metrics.gauge(
        "trivigil_fail_open_scrapes_held",
        "Whether this leader holds scrapes back until what nodes took alone is merged.",
        () -> proposals.holdsScrapes() ? 1 : 0);
    FailOpenParts.Base base =
        new FailOpenParts.Base(
            machine.targets(),
            machine.rules(),
            machine.alertmanager()::sections,
            machine.storage(),
            machine.storage()::labels);
    FailOpenParts parts =
        new FailOpenParts(
            options.clusterName(),
            base,
            tools,
            this::config,
            this::look,
            this::propose,
            this::mustReport);
    this.failOpen = new FailOpen(options.failOpen(), seam.apply(parts));
  }

  /// Scraping, and the works that begin when what was done without a quorum is merged.
  LeaderWork.Work after(LeaderWork.Work scraping, LeaderWork.Work... works) {
    MergeSettings settings = options.failOpen().merging();
    return new AfterMerge(
        scraping,
        List.of(works),
        new AfterMerge.Ports(
            options.nodeId(),
            machine::lastGap,
            machine.failOpen(),
            machine::knowsFailOpen,
            this::members,
            () -> Optional.ofNullable(log).map(ReplicatedLog::sight),
            hold(),
            longGap(),
            options.peers().size() > 1 ? settings : settings.withoutWait(),
            world.nanoTicker(),
            workers,
            metrics));
  }

  private AfterMerge.Hold hold() {
    return new AfterMerge.Hold() {
      @Override
      public void hold() {
        proposals.holdScrapes();
      }

      @Override
      public void end(boolean go) {
        proposals.releaseScrapes(go);
      }
    };
  }

  private List<String> members() {
    ReplicatedLog from = log;
    return from == null
        ? List.of()
        : from.status().members().stream()
            .filter(LogStatus.Member::voting)
            .map(LogStatus.Member::id)
            .toList();
  }

  private Duration longGap() {
    FailOpenSettings settings = options.failOpen();
    Duration after = settings.enabled() ? settings.after() : FailOpenSettings.DEFAULT.after();
    return after.minusMillis(NodeMachine.Gap.CLOCKS_MS);
  }

  void start(ReplicatedLog started) {
    log = started;
    failOpen.start();
  }

  /// Switches to a configuration.
  void configure(LoadedConfig config, RuleSet set) {
    rules = Optional.of(new Rules(config, set));
  }

  void onLeadership(StateMachine.Leadership change) {
    if (!change.leaderId().isEmpty()) {
      failOpen.leaderHeard();
    }
  }

  FailOpen.Status status() {
    return failOpen.status();
  }

  private Optional<FailOpenParts.Config> config() {
    return rules.map(
        now ->
            new FailOpenParts.Config(
                now.config().number(),
                now.config().prometheus(),
                now.set(),
                notifications.alone()));
  }

  private QuorumView.Sight look() {
    ReplicatedLog from = log;
    if (from == null) {
      return new QuorumView.Sight(true, 0, 0, List.of());
    }
    PeerSight sight = from.sight();
    sight.failingOpen(failOpen.status().speaksForOthers());
    LogStatus status = from.status();
    long lostMs = sight.msSinceQuorum();
    int voters = (int) status.members().stream().filter(LogStatus.Member::voting).count();
    return new QuorumView.Sight(
        lostMs == 0 || !status.leaderId().isEmpty(),
        lostMs,
        // Before the log knows its members, they are those that this node was told.
        voters == 0 ? options.peers().size() : voters,
        sight.reachable().stream()
            .map(peer -> new QuorumView.Peer(peer.id(), peer.failingOpen()))
            .toList());
  }

  private CompletableFuture<Optional<byte[]>> propose(MergeLog.Kind kind, byte[] command) {
    boolean isNew =
        kind == MergeLog.Kind.FAIL_OPEN
            || kind == MergeLog.Kind.SCRAPES
            || (kind == MergeLog.Kind.ALERTMANAGER && CommandCodec.isToldAlone(command));
    if (isNew && !machine.knowsFailOpen()) {
      // An older member could not read it. What was told may then be told again: better than not.
      LOG.warn("not every member knows of failing open, this is left out of the log kind={}", kind);
      return CompletableFuture.completedFuture(Optional.of(new byte[] {0}));
    }
    return proposals.merging(
        switch (kind) {
          case RULES -> Domain.RULES;
          case ALERTMANAGER -> Domain.ALERTMANAGER;
          case SCRAPES, FAIL_OPEN -> Domain.FAIL_OPEN;
        },
        command);
  }

  /// Whether a gap in the log has ended that was long for some node, whatever this one's settings
  /// are, and this node has not reported behind it.
  private boolean mustReport() {
    Optional<NodeMachine.Gap> gap = machine.lastGap();
    return gap.isPresent()
        && machine.knowsFailOpen()
        && machine.failOpen().report(options.nodeId()).map(Merged::atMs).orElse(0L)
            < gap.get().toMs();
  }

  @Override
  public void close() {
    failOpen.close();
  }
}
