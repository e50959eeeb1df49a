package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.CommandLog;
import io.trivigil.config.ConfigException;
import io.trivigil.config.http.HttpTransports;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.config.version.Sealer;
import io.trivigil.config.version.UnknownLevelException;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.node.failopen.FailOpen;
import io.trivigil.promql.Features;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QuerySource;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.ratis.RatisConfig;
import io.trivigil.raft.ratis.RatisLog;
import io.trivigil.rules.eval.GroupEvaluator;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.scraper.config.StorageConfig;
import io.trivigil.scraper.discovery.JndiNameRecords;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.loop.DiscoveryManager;
import io.trivigil.scraper.loop.Fetcher;
import io.trivigil.scraper.loop.FolderWatch;
import io.trivigil.scraper.loop.HttpFetcher;
import io.trivigil.scraper.loop.Pacer;
import io.trivigil.scraper.loop.ScrapeCapacity;
import io.trivigil.scraper.loop.ScrapeManager;
import io.trivigil.scraper.loop.SystemPacer;
import io.trivigil.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// One node, assembled: store, machines, log, and the leader's work. Thread-safe.
///
/// In the data directory, `log/` is the log's, `store/` and `index/` are the store's; nobody else
/// writes there.
public final class Node implements AutoCloseable {
  private static final Duration RETENTION_PERIOD = Duration.ofMinutes(10);
  private static final long MOST_EXEMPLARS = 10_000_000;
  private static final String USER_AGENT = "Prometheus/3.14.0";

  /// What a node takes from the world.
  ///
  /// @param clock wall time
  /// @param nanoTicker elapsed time, nanoseconds
  /// @param random a cryptographically strong generator
  /// @param files where configuration is read from
  /// @param environment the process's environment
  /// @param halt is told when the node can not go on; ends the process
  public record World(
      InstantSource clock,
      LongSupplier nanoTicker,
      RandomGenerator random,
      ConfigBundle.Source files,
      Map<String, String> environment,
      Consumer<Throwable> halt) {}

  private final NodeOptions options;
  private final World world;
  private final Metrics metrics;
  private final ExecutorService maintenance =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("store-maintenance").daemon().factory());
  private final HttpTransports transports;
  private final Storage storage;
  private final NodeMachine machine;
  private final Configs configs;
  private final TargetDirectory directory;
  private final JndiNameRecords names = new JndiNameRecords();
  private final DiscoveryManager discovery;
  private final ScrapeManager scrapes;
  private final RuleWork rules;
  private final Notifications notifications;
  private final StoreCare care;
  private final Proposals proposals;
  private final RemoteWrites remoteWrites;
  private final Annotations annotations;
  private final Retention retention;
  private final SeriesRetirement retirement;
  private final StoreRulesWork storeRules;
  private final ClockWatch clocks;
  private final FailOpenWork failOpen;
  private final LeaderWork work;
  private final RatisLog log;
  private final Readiness readiness;
  private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
  private volatile Engine engine;

  /// Starts a node; returns when its log listens. Being part of the cluster comes later: [#ready].
  ///
  /// @throws ConfigException if the configuration files are wrong and there is no replicated
  ///   version to go on with
  /// @throws IOException if a directory or a port can not be used
  public static Node start(NodeOptions options, World world, Metrics metrics)
      throws ConfigException, IOException {
    return new Node(options, world, metrics);
  }

  private Node(NodeOptions options, World world, Metrics metrics)
      throws ConfigException, IOException {
    this.options = options;
    this.world = world;
    this.metrics = metrics;
    this.engine = new Engine(engineOptions(Optional.empty()));
    ConfigFolder folder = ConfigFolder.of(options.prometheusFile(), options.alertmanagerFile());
    this.transports = new HttpTransports(folder.secrets(), world.environment(), world.nanoTicker());
    Path data = Files.createDirectories(options.dataDirectory());
    this.storage =
        new StoreOpening(
                data,
                options.peers().size() > 1,
                options.store().memory(options.limits()),
                metrics,
                maintenance)
            .open();
    DiskReserve reserve = StoreCare.reserve(options, world, metrics);
    this.proposals = new Proposals(reserve);
    NodeEvents events = new NodeEvents();
    this.machine = machine(options, storage, events);
    this.remoteWrites = new RemoteWrites(storage, machine.config(), proposals, world.clock());
    this.care = new StoreCare(options, world, machine, proposals, reserve, metrics);
    PromqlExpressions expressions = new PromqlExpressions(this::engine, world.nanoTicker());
    this.configs =
        new Configs(
            options,
            folder,
            world.files(),
            new ConfigLoader(expressions),
            new Sealer(clusterKeys(), world.random()),
            machine.config(),
            world.clock(),
            metrics);
    Heartbeats heartbeats =
        new Heartbeats(
            options.heartbeat(), options.clusterName(), machine.rules(), world.clock(), metrics);
    configs.readLocal(heartbeats::check);
    this.directory = new TargetDirectory(machine.targets());
    Pacer pacer = new SystemPacer(world.clock(), world.nanoTicker());
    this.discovery =
        new DiscoveryManager(
            machine.targets(),
            directory,
            new DiscoveryManager.Sources(
                ConfigLoader.files(folder.over(world.files())),
                folder.watch(new FolderWatch()),
                transports::transport,
                names),
            proposals.scraping(),
            pacer,
            metrics);
    this.annotations = new Annotations(machine, proposals, this::maxExemplars, metrics);
    Fetcher fetcher = new HttpFetcher(transports::transport, USER_AGENT);
    this.scrapes =
        new ScrapeManager(
            machine.targets(),
            directory,
            fetcher,
            annotations.over(proposals.scrapes()),
            pacer,
            ScrapeCapacity.DEFAULT,
            metrics,
            world.random());
    this.rules =
        new RuleWork(
            options,
            new GroupEvaluator(expressions, storage, world.nanoTicker(), machine::takesHistograms),
            machine.rules(),
            proposals,
            world.clock(),
            Workers.VIRTUAL,
            metrics);
    this.notifications =
        new Notifications(
            options,
            world,
            machine,
            proposals.alertmanager(),
            transports,
            folder.secrets(),
            heartbeats,
            metrics);
    this.retention =
        new Retention(
            this::retention,
            this::retentionBytes,
            storage,
            proposals,
            world.clock(),
            RETENTION_PERIOD,
            metrics);
    this.retirement =
        new SeriesRetirement(options.store().retireAfter(), machine, proposals, world.clock());
    this.storeRules =
        new StoreRulesWork(
            options.store().series(),
            () -> stored().map(StorageConfig::outOfOrderWindow),
            machine,
            proposals,
            metrics);
    this.clocks =
        new ClockWatch(options.nodeId(), world.clock(), machine.config(), configs, metrics);
    this.failOpen =
        new FailOpenWork(
            options,
            world,
            machine,
            notifications,
            fetcher,
            pacer,
            expressions,
            proposals,
            metrics);
    this.work = new LeaderWork(works());
    events.pass(new NodeEvents.Takers(failOpen, work, configs, notifications, clocks));
    configs.onActivated(this::activate);
    this.log = RatisLog.start(ratisConfig(data), machine, ratisEnvironment());
    proposals.attach(log);
    this.readiness = new Readiness(log, world.nanoTicker());
    events.whenLeadershipChanges(readiness::soon);
    readiness.onFresh(this::lookWhetherReady);
    readiness.start();
    configs.start(log);
    configs.onActivated(_ -> lookWhetherReady());
    clocks.start(log, readiness);
    failOpen.start(log);
    care.start(log);
    work.open();
    PortGauges.register(metrics, log);
    LogGauges.register(metrics, log, readiness);
    LogCounters.register(metrics, log, world.nanoTicker());
  }

  private static NodeMachine machine(NodeOptions options, Storage storage, NodeEvents events)
      throws IOException {
    try {
      return new NodeMachine(storage, events, options.config().knownLevel());
    } catch (UnknownLevelException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private List<LeaderWork.Work> works() {
    List<LeaderWork.Work> works = new ArrayList<>();
    works.add(LeaderWork.of(configs::lead, configs::follow));
    works.add(LeaderWork.of(discovery::start, discovery::stop));
    works.add(failOpen.after(LeaderWork.of(scrapes::start, scrapes::stop), notifications, rules));
    works.addAll(List.of(retention, retirement, storeRules, clocks));
    works.addAll(care.works());
    return works;
  }

  private RatisConfig ratisConfig(Path data) throws IOException {
    return RatisConfig.of(
            options.clusterName(),
            options.nodeId(),
            options.peers(),
            Files.createDirectories(data.resolve("log")))
        .withLimits(options.limits())
        .withAccess(options.access());
  }

  private RatisLog.Environment ratisEnvironment() {
    return new RatisLog.Environment(
        world.clock(),
        world.nanoTicker(),
        () -> new UUID(world.random().nextLong(), world.random().nextLong()),
        world.halt());
  }

  private List<byte[]> clusterKeys() throws IOException {
    List<byte[]> keys = new ArrayList<>();
    for (Path file : options.config().keyFiles()) {
      keys.add(Files.readAllBytes(file));
    }
    return keys;
  }

  /// The whole node switches to a configuration version. Called by the configuration's thread.
  private void activate(LoadedConfig config) {
    engine = new Engine(engineOptions(Optional.of(config)));
    directory.configure(config.prometheus());
    notifications.configure(config);
    rules.configure(config);
    failOpen.configure(config, rules.rules(config));
  }

  private EngineOptions engineOptions(Optional<LoadedConfig> config) {
    List<String> unknown = new ArrayList<>();
    EngineOptions defaults =
        EngineOptions.defaults()
            .withLookback(options.lookback())
            .withTimeout(options.queryTimeout())
            .withMaxSamples(options.queryMaxSamples())
            .withFeatures(Features.of(options.promqlFeatures(), unknown));
    return config
        .map(c -> defaults.withSubqueryStep(c.prometheus().global().evaluationInterval()))
        .orElse(defaults);
  }

  private Duration retention() {
    return stored().flatMap(StorageConfig::retentionTime).orElse(options.retention());
  }

  /// What the configuration in force says of the store; empty before there is one.
  private Optional<StorageConfig> stored() {
    return configs.active().map(config -> config.prometheus().storage());
  }

  private long retentionBytes() {
    return stored()
        .map(StorageConfig::retentionBytes)
        .orElse(OptionalLong.empty())
        .orElse(options.store().retentionBytes());
  }

  private int maxExemplars() {
    long most = stored().orElse(StorageConfig.DEFAULT).maxExemplars();
    return (int) Math.clamp(most, 0, MOST_EXEMPLARS);
  }

  public NodeOptions options() {
    return options;
  }

  public Metrics metrics() {
    return metrics;
  }

  public ReplicatedLog log() {
    return log;
  }

  /// Takes a node out of the cluster; an empty text once it is out, else why not.
  public CompletableFuture<String> removeMember(String nodeId) {
    return log.removeMember(nodeId);
  }

  public Storage storage() {
    return storage;
  }

  public QuerySource queries() {
    return storage;
  }

  /// The engine in force; it changes with the configuration, so ask for it anew for each query.
  public Engine engine() {
    return engine;
  }

  /// A context for one query with the engine's limits.
  public QueryContext queryContext(Duration timeout) {
    return engine.context(world.nanoTicker(), timeout);
  }

  /// The replicated machines; their views may be read from any thread.
  public NodeMachine machine() {
    return machine;
  }

  public Configs configs() {
    return configs;
  }

  /// The targets as configuration and discovery say, on any node.
  public TargetDirectory targets() {
    return directory;
  }

  /// What this node does about its disk: reserve, backups, damage.
  public StoreCare care() {
    return care;
  }

  public Readiness readiness() {
    return readiness;
  }

  /// Where silences and alerts of the API are proposed.
  public CommandLog alertmanagerLog() {
    return proposals.alertmanager();
  }

  /// Stores the samples of one remote-write request, whole or not at all. Once this node has failed
  /// open it refuses at once: its sender should not wait for a quorum that has been away for long.
  /// The batch is read before this returns, and may then be used again.
  public CompletableFuture<WriteOutcome> append(SampleBatch batch) {
    if (failOpen.status().state() == FailOpen.State.FAIL_OPEN) {
      return CompletableFuture.completedFuture(
          new WriteOutcome.Unavailable("there is no quorum, and this node goes on without one"));
    }
    return remoteWrites.append(batch);
  }

  /// Whether batches may have histograms: every member knows them.
  public boolean takesHistograms() {
    return machine.takesHistograms();
  }

  /// What puts exemplars and descriptions into the log.
  public Annotations annotations() {
    return annotations;
  }

  /// What deletes series by matchers, and gives back their space.
  public SeriesDeletion deletion() {
    return new SeriesDeletion(storage, machine.config(), log::linearizable, proposals::write);
  }

  /// Whether this node has failed open.
  public FailOpen.Status failOpen() {
    return failOpen.status();
  }

  public InstantSource clock() {
    return world.clock();
  }

  /// Whether this node has a configuration and was caught up lately, so that its answers can be
  /// trusted.
  public boolean ready() {
    return configs.usable() && readiness.caughtUp();
  }

  /// Completes when this node is ready for the first time. Who acts upon that must not block.
  public CompletableFuture<Void> firstReady() {
    return firstReady.copy();
  }

  private void lookWhetherReady() {
    if (!firstReady.isDone() && ready()) {
      firstReady.complete(null);
    }
  }

  @Override
  public void close() {
    work.close();
    failOpen.close();
    care.close();
    readiness.close();
    log.close();
    scrapes.close();
    discovery.close();
    names.close();
    retention.close();
    retirement.close();
    storeRules.close();
    clocks.close();
    configs.close();
    transports.close();
    storage.close();
    maintenance.shutdown();
  }
}
