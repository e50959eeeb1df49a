package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.failopen.FailOpen;
import io.trivigil.node.failopen.FailOpen.State;
import io.trivigil.node.failopen.FailOpenParts;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.node.failopen.MergeLog;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.ratis.ClusterAccess;
import io.trivigil.raft.ratis.RatisConfig;
import io.trivigil.raft.sim.SimulatedCluster;
import io.trivigil.rules.eval.GroupEvaluator;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.loop.Fetcher;
import io.trivigil.scraper.loop.ScrapeCapacity;
import io.trivigil.scraper.loop.ScrapeManager;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One simulated process from its start to its crash: the machine, and above the log everything
/// that a leader does, assembled as [Node] does it. Only the log, the clock, the threads, the
/// targets and the receivers are simulated.
final class SimNode implements NodeMachine.Listener {
  private static NodeOptions options(String node, FailOpenSettings failOpen) {
    return new NodeOptions(
        "night",
        node,
        List.of(new RatisConfig.Peer("n1", "n1", 1), new RatisConfig.Peer("n2", "n2", 1)),
        Path.of("/"),
        "prometheus.yml",
        Optional.of("alertmanager.yml"),
        ConfigOptions.DEFAULT,
        "http://n:1",
        "http://n:1",
        Duration.ofDays(15),
        Duration.ofDays(5),
        Duration.ofMinutes(5),
        Duration.ofMinutes(2),
        50_000_000,
        Duration.ofSeconds(4),
        List.of(),
        LogLimits.DEFAULT,
        Optional.empty(),
        ClusterAccess.DEFAULT,
        failOpen,
        StoreOptions.DEFAULT);
  }

  /// Targets and receivers, as a node meets them.
  interface Surroundings {
    Fetcher fetcher(String node, SimWorkers workers);

    Sender sender(String node);

    /// The log that a node merges into what it did alone.
    MergeLog merging(String node, MergeLog log);
  }

  private final String id;
  private final NodeOptions options;
  private final SimConfig configs;
  private final Tampering tampering;
  private final NodeMachine machine;
  private final Metrics metrics = new Metrics();
  private final Proposals proposals;
  private volatile long term;
  private @Nullable ReplicatedLog log;
  private @Nullable SimWorkers workers;
  private @Nullable TargetDirectory directory;
  private @Nullable RuleWork rules;
  private @Nullable Notifications notifications;
  private @Nullable FailOpenWork failOpen;
  private @Nullable LeaderWork work;
  private long activated;

  SimNode(
      String id,
      SimConfig configs,
      FailOpenSettings failOpen,
      Tampering tampering,
      MemoryPageStore disk) {
    this.id = id;
    this.options = options(id, failOpen);
    this.configs = configs;
    this.tampering = tampering;
    this.machine = new NodeMachine(Storage.open(StorageConfig.inMemory(), disk), this);
    this.proposals = new Proposals(new DiskReserve(0, () -> Long.MAX_VALUE, () -> 0, metrics));
  }

  NodeMachine machine() {
    return machine;
  }

  Proposals proposals() {
    return proposals;
  }

  /// This node's end of the log, as the node has it.
  ReplicatedLog log() {
    ReplicatedLog own = log;
    if (own == null) {
      throw new IllegalStateException("the node is not open: " + id);
    }
    return own;
  }

  /// Whether it works on its own.
  FailOpen.Status failOpen() {
    return failOpen == null
        ? new FailOpen.Status(State.QUORUM, 0, false, false)
        : failOpen.status();
  }

  /// Whether the rest of the process stands.
  boolean isOpen() {
    return work != null;
  }

  /// The log has started: the rest of the process is made.
  void open(SimulatedCluster cluster, Surroundings world, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimWorkers threads = new SimWorkers(cluster, id);
    InstantSource clock = cluster.clock(id);
    ReplicatedLog own = tampering.log(cluster.log(id));
    proposals.attach(own);
    log = own;
    TargetDirectory targets = new TargetDirectory(machine.targets());
    Fetcher fetcher = world.fetcher(id, threads);
    ScrapeManager scrapes =
        new ScrapeManager(
            machine.targets(),
            targets,
            fetcher,
            proposals.scrapes(),
            threads.pacer(),
            ScrapeCapacity.DEFAULT,
            metrics,
            random.split());
    rules =
        new RuleWork(
            options,
            new GroupEvaluator(
                configs.expressions(),
                machine.storage(),
                cluster.clock().nanoTicker(),
                machine::takesHistograms),
            machine.rules(),
            proposals,
            clock,
            threads,
            metrics);
    Sender sender = world.sender(id);
    Node.World outside =
        new Node.World(
            tampering.clock(clock),
            cluster.clock().nanoTicker(),
            random.split(),
            new NoFiles(),
            Map.of(),
            _ -> {});
    notifications = notifications(outside, sender, threads);
    failOpen = failOpen(cluster, outside, notifications, fetcher, threads, random, world);
    failOpen.start(own);
    workers = threads;
    directory = targets;
    work =
        new LeaderWork(
            List.of(
                failOpen.after(LeaderWork.of(scrapes::start, scrapes::stop), notifications, rules)),
            run -> threads.thread("leadership", run));
    work.open();
    onConfig();
  }

  private FailOpenWork failOpen(
      SimulatedCluster cluster,
      Node.World outside,
      Notifications from,
      Fetcher fetcher,
      SimWorkers threads,
      SplittableRandom random,
      Surroundings world) {
    FailOpenParts.Tools tools =
        new FailOpenParts.Tools(
            id,
            fetcher,
            threads.pacer(),
            configs.expressions(),
            from.settings(),
            from.sender(),
            cluster.clock(id),
            cluster.clock().nanoTicker(),
            random.split(),
            metrics);
    return new FailOpenWork(
        options,
        outside,
        machine,
        from,
        tools,
        proposals,
        parts -> {
          FailOpenParts p = tampering.failOpen(parts);
          return new FailOpenParts(
              p.cluster(),
              p.base(),
              p.tools(),
              p.config(),
              p.quorum(),
              world.merging(id, p.log()),
              p.mustReport());
        });
  }

  private Notifications notifications(Node.World outside, Sender sender, SimWorkers threads) {
    return new Notifications(
        options,
        outside,
        machine,
        () -> tampering.state(term, machine.alertmanager().view()),
        tampering.notifications(proposals.alertmanager(), sender),
        sender,
        threads,
        new Heartbeats(Optional.empty(), "night", machine.rules(), outside.clock(), metrics),
        metrics);
  }

  private static final class NoFiles implements ConfigBundle.Source {
    @Override
    public Optional<String> file(String path) {
      return Optional.empty();
    }

    @Override
    public List<String> glob(String pattern) {
      return List.of();
    }

    @Override
    public Optional<String> variable(String name) {
      return Optional.empty();
    }
  }

  @Override
  public void onLeadership(StateMachine.Leadership change) {
    term = change.term();
    if (failOpen != null) {
      failOpen.onLeadership(change);
    }
    if (work != null) {
      work.onLeadership(change);
    }
  }

  @Override
  public void onConfig() {
    SimWorkers threads = workers;
    if (threads != null) {
      threads.start("config", this::activate);
    }
  }

  private void activate() {
    long number = machine.config().view().number();
    if (number != activated
        && directory != null
        && notifications != null
        && rules != null
        && failOpen != null) {
      activated = number;
      LoadedConfig config = configs.version(number);
      directory.configure(config.prometheus());
      notifications.configure(config);
      rules.configure(config);
      failOpen.configure(config, rules.rules(config));
    }
  }

  @Override
  public void onApplied(long logTimeMs) {
    if (notifications != null) {
      notifications.stateChanged();
    }
  }
}
