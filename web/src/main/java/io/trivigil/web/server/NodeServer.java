package io.trivigil.web.server;

import io.trivigil.config.ConfigException;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.LocalFiles;
import io.trivigil.node.Node;
import io.trivigil.node.NodeOptions;
import io.trivigil.promql.QueryMemory;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.TrustedClock;
import io.trivigil.raft.ratis.LogHaltedException;
import io.trivigil.raft.ratis.NodeRemovedException;
import io.trivigil.web.Version;
import io.trivigil.web.WebOptions;
import io.trivigil.web.alertmanager.AlertmanagerRoutes;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.ExternalAlertmanagers;
import io.trivigil.web.backend.NodeBackend;
import io.trivigil.web.heap.HeapKeeper;
import io.trivigil.web.heap.HeapLimits;
import io.trivigil.web.host.HostCollector;
import io.trivigil.web.host.IngestRate;
import io.trivigil.web.host.ProcessGauges;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Practice;
import io.trivigil.web.http.Router;
import io.trivigil.web.page.PageRoutes;
import io.trivigil.web.prometheus.ClusterSight;
import io.trivigil.web.prometheus.PrometheusRoutes;
import io.trivigil.web.prometheus.QueryRunner;
import io.trivigil.web.warmup.WarmUp;
import io.trivigil.web.warmup.WarmUpLimits;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node and its HTTP in this process. Thread-safe.
public final class NodeServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeServer.class);

  /// What a process ends with whose node was removed, or given up: to start it again is of no use.
  public static final int EXIT_REMOVED = 71;

  private static final int EXIT_HALTED = 70;
  private static final long FRESH_MS = 5_000;

  private final WebServer web;
  private final Node node;
  private final QueryRunner runner;
  private final Backend backend;
  private final IngestRate ingest;
  private final WarmUp warmUp;
  private final HeapKeeper heap;
  private final AtomicBoolean closed = new AtomicBoolean();

  private NodeServer(
      WebServer web,
      Node node,
      QueryRunner runner,
      Backend backend,
      IngestRate ingest,
      WarmUp warmUp,
      HeapKeeper heap) {
    this.web = web;
    this.node = node;
    this.runner = runner;
    this.backend = backend;
    this.ingest = ingest;
    this.warmUp = warmUp;
    this.heap = heap;
  }

  /// Everything that a server is told.
  ///
  /// @param urls HTTP addresses of the members by id
  /// @param builtinRules whether the cluster watches itself without being told to in its files
  public record Settings(
      NodeOptions node,
      WebOptions web,
      List<WebServer.Listener> listeners,
      WebLimits limits,
      Pattern corsOrigin,
      Logins logins,
      Map<String, String> urls,
      boolean builtinRules,
      WarmUpLimits warmUp) {
    public Settings {
      listeners = List.copyOf(listeners);
      urls = Map.copyOf(urls);
    }
  }

  /// Starts a server. Its ports listen first of all, so that who connects meanwhile waits instead
  /// of trying again and again; HTTP answers while the node opens its stores, and says 503 until it
  /// stands.
  ///
  /// @throws ConfigException if the configuration is wrong and there is none to go on with
  /// @throws IOException if a directory or a port can not be used
  public static NodeServer start(Settings settings) throws ConfigException, IOException {
    LongSupplier ticker = System::nanoTime;
    long start = ticker.getAsLong();
    InstantSource wall = OffsetClock.over(InstantSource.system(), ticker, System.getenv());
    TrustedClock clock = new TrustedClock(wall, ticker);
    SecureRandom random = new SecureRandom();
    Metrics metrics = new Metrics();
    ListeningPorts ports = ListeningPorts.open(settings.listeners());
    ProcessGauges.register(metrics, settings.web().startMs());
    ReadyRoute ready = new ReadyRoute(settings.limits().maxReadyWait());
    Gateway gateway =
        new Gateway(
            starting(ready),
            settings.web().routePrefix(),
            settings.corsOrigin(),
            settings.logins(),
            settings.limits(),
            metrics,
            ticker);
    CompletableFuture<WebServer> listening =
        CompletableFuture.supplyAsync(
            () -> WebServer.start(gateway, ports),
            task -> Thread.ofPlatform().name("web-start").start(task));
    Map<String, String> environment = System.getenv();
    LocalFiles files = new LocalFiles(environment);
    BuiltinFiles builtin = new BuiltinFiles(files, settings.urls());
    Node.World world =
        new Node.World(
            clock,
            ticker,
            random,
            settings.builtinRules() ? builtin : files,
            environment,
            NodeServer::halt);
    Node node;
    try {
      node = Node.start(settings.node(), world, metrics);
    } catch (ConfigException | IOException | RuntimeException e) {
      closeWhenUp(listening);
      throw e;
    }
    WebServer web = listening(listening, node);
    Backend backend = new NodeBackend(node, settings.urls(), settings.node().nodeId(), ticker);
    builtin.members(() -> memberUrls(backend));
    int cores = Runtime.getRuntime().availableProcessors();
    QueryMemory memory = new QueryMemory(settings.web().queryMemoryBytes());
    QueryRunner runner =
        new QueryRunner(backend, settings.web().queryConcurrency(), cores, memory, ticker);
    IngestRate ingest = ingestRate(metrics, backend, clock, ticker);
    Practice practice = new Practice(random);
    gateway.admit(practice);
    WarmUp warmUp =
        new WarmUp(
            settings.warmUp(),
            new OwnQueries(backend, runner, settings, web.port(), practice, clock),
            metrics,
            ticker,
            random);
    HeapKeeper heap = new HeapKeeper(HeapLimits.DEFAULT, metrics, ticker, random);
    NodeServer server = new NodeServer(web, node, runner, backend, ingest, warmUp, heap);
    node.configs()
        .onActivated(
            config -> {
              List<String> others = ExternalAlertmanagers.urls(config.prometheus());
              if (config.alertmanager().isEmpty() && !config.groups().isEmpty()) {
                LOG.warn(
                    "nobody is notified of alerts: no --alertmanager.config.file, and others are"
                        + " not sent to urls={}",
                    others);
              } else if (!others.isEmpty()) {
                LOG.warn(
                    "other alertmanagers are listed and not sent to; the built-in one notifies"
                        + " urls={}",
                    others);
              }
            });
    gateway.serve(routes(settings, backend, runner, ingest, clock, random, ticker, ready));
    ready.stands(
        new ReadyRoute.Node(
            backend.firstReady(), backend::ready, () -> backend.configs().unusable()));
    warmUp.start();
    heap.start();
    LOG.info(
        "server listens version={} node={} port={} took_ms={}",
        Version.TRIVIGIL,
        settings.node().nodeId(),
        web.port(),
        Duration.ofNanos(ticker.getAsLong() - start).toMillis());
    return server;
  }

  private static Map<String, String> memberUrls(Backend backend) {
    Map<String, String> urls = new TreeMap<>(backend.urls());
    List<String> members = backend.log().members().stream().map(LogStatus.Member::id).toList();
    urls.keySet().retainAll(members.isEmpty() ? List.copyOf(urls.keySet()) : members);
    return urls;
  }

  /// What this node's store takes in, on any node: a follower's too.
  private static IngestRate ingestRate(
      Metrics metrics, Backend backend, InstantSource clock, LongSupplier ticker) {
    Metrics.Counter appended =
        metrics.counter(
            "prometheus_tsdb_head_samples_appended_total",
            "Total number of appended samples.",
            "type",
            "float");
    IngestRate rate =
        new IngestRate(
            appended::value,
            // Entries that were missed carry the times at which they were proposed.
            () -> clock.millis() - backend.log().logTimeMs() < FRESH_MS,
            ticker);
    rate.start();
    return rate;
  }

  private static WebServer listening(CompletableFuture<WebServer> listening, Node node)
      throws IOException {
    try {
      return listening.join();
    } catch (CompletionException e) {
      node.close();
      throw new IOException("http can not listen: " + e.getCause(), e);
    }
  }

  private static void closeWhenUp(CompletableFuture<WebServer> listening) {
    try {
      listening.join().close();
    } catch (CompletionException e) {
      LOG.warn("http could not listen either reason={}", String.valueOf(e.getCause()));
    }
  }

  private static Router starting(ReadyRoute ready) {
    Answer soon = Answer.text(503, "Service Unavailable\n").with("Retry-After", "1");
    return new Router()
        .on("GET", "/-/healthy", _ -> Answer.text(200, "Prometheus Server is Healthy.\n"))
        .on("GET", "/-/ready", ready)
        .on("GET,POST,PUT,DELETE", "/{path...}", _ -> soon);
  }

  private static Router routes(
      Settings settings,
      Backend backend,
      QueryRunner runner,
      IngestRate ingest,
      InstantSource clock,
      SecureRandom random,
      LongSupplier ticker,
      ReadyRoute ready) {
    Router router = new Router().on("GET", "/-/ready", ready);
    ClusterSight sight = new ClusterSight(backend);
    HostCollector host = new HostCollector(ticker);
    Runnable quit = () -> Thread.ofPlatform().name("quit").start(() -> System.exit(0));
    PrometheusRoutes.addTo(router, backend, settings.web(), runner, sight, host, clock, quit);
    AlertmanagerRoutes.addTo(router, backend, settings.web(), clock, random);
    PageRoutes.addTo(router, backend, settings.web(), sight, ingest, clock);
    return router;
  }

  private static void halt(Throwable reason) {
    if (reason instanceof LogHaltedException) { // the log has said where, if that is of interest
      LOG.error("node can not go on and ends reason=\"{}\"", reason.getMessage());
    } else {
      LOG.error("node can not go on and ends", reason);
    }
    Runtime.getRuntime().halt(exitCode(reason));
  }

  /// What the process ends with when its log can not go on: 71 where the cluster does not count on
  /// this node any more, so that starting it again is of no use; else 70.
  public static int exitCode(Throwable reason) {
    return reason instanceof NodeRemovedException ? EXIT_REMOVED : EXIT_HALTED;
  }

  /// The port of the first listener.
  public int port() {
    return web.port();
  }

  /// Asks for a reload of this machine's files; returns at once.
  public void reload() {
    Thread.ofVirtual()
        .name("reload")
        .start(
            () ->
                LOG.info(
                    "reload was asked for by a signal result={}",
                    backend.reload("SIGHUP on " + backend.log().self()).join()));
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      LOG.info("server stops");
      warmUp.close();
      heap.close();
      web.close();
      runner.close();
      ingest.close();
      node.close();
    }
  }
}
