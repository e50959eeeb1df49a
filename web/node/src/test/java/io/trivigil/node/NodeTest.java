package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.trivigil.config.version.ClusterEvent;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.Result;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ratis.ClusterAccess;
import io.trivigil.raft.ratis.RatisConfig;
import io.trivigil.raft.ratis.StartMarks;
import io.trivigil.storage.Restoring;
import io.trivigil.storage.backup.BackupDirectory;
import io.trivigil.storage.backup.BackupFile;
import io.trivigil.storage.backup.BackupManifest;
import io.trivigil.storage.backup.Throttle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cluster of one on a real log and a real disk: from a target to a webhook, and over a restart.
class NodeTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int FIRST_PORT = 26_500;
  private static final int PORTS = 500;

  private final Path directory;

  private final BlockingQueue<String> hooks = new LinkedBlockingQueue<>();
  private final CompletableFuture<Throwable> halted = new CompletableFuture<>();
  private final HttpServer server;

  NodeTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void serveTargetAndWebhook() throws IOException {
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] body =
              "# TYPE temperature gauge\ntemperature{room=\"a\"} 42\n"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.createContext(
        "/hook",
        exchange -> {
          hooks.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    String at = "127.0.0.1:" + server.getAddress().getPort();
    Files.writeString(
        directory.resolve("prometheus.yml"),
        """
        global:
          scrape_interval: 1s
          evaluation_interval: 1s
        rule_files: ['rules.yml']
        scrape_configs:
          - job_name: room
            static_configs:
              - targets: ['%s']
        """
            .formatted(at));
    Files.writeString(
        directory.resolve("rules.yml"),
        """
        groups:
          - name: rooms
            rules:
              - record: temperature:max
                expr: max(temperature)
              - alert: TooHot
                expr: temperature:max > 40
                labels: {severity: page}
                annotations: {summary: 'it is {{ $value }} degrees'}
        """);
    Files.writeString(
        directory.resolve("alertmanager.yml"),
        """
        route: {receiver: hook, group_wait: 1s, group_interval: 1h}
        receivers:
          - name: hook
            webhook_configs: [{url: 'http://%s/hook'}]
        """
            .formatted(at));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Node start() throws Exception {
    return start(directory.resolve("data"));
  }

  private Node start(Path data) throws Exception {
    int port = logPort();
    NodeOptions options =
        new NodeOptions(
            "test",
            "n1",
            List.of(new RatisConfig.Peer("n1", "127.0.0.1", port)),
            data,
            directory.resolve("prometheus.yml").toString(),
            Optional.of(directory.resolve("alertmanager.yml").toString()),
            ConfigOptions.DEFAULT,
            "http://127.0.0.1:1",
            "http://127.0.0.1:1",
            Duration.ofDays(15),
            Duration.ofDays(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(2),
            50_000_000,
            Duration.ofMinutes(1),
            List.of(),
            LogLimits.DEFAULT,
            Optional.empty(),
            ClusterAccess.DEFAULT,
            FailOpenSettings.DEFAULT,
            StoreOptions.DEFAULT);
    return Node.start(
        options,
        new Node.World(
            InstantSource.system(),
            System::nanoTime,
            new Random(1),
            new LocalFiles(Map.of()),
            Map.of(),
            halted::complete),
        new Metrics());
  }

  /// A free port for the log, which has to be known before it is listened at: below those that the
  /// system gives to whoever connects or asks for any, so that nobody has it in between.
  private static int logPort() throws IOException {
    int first = new Random().nextInt(PORTS);
    for (int i = 0; ; i++) {
      try (ServerSocket free = new ServerSocket(FIRST_PORT + (first + i) % PORTS)) {
        return free.getLocalPort();
      } catch (BindException taken) {
        if (i == PORTS) {
          throw taken;
        }
      }
    }
  }

  private static double scalar(Node node, String expression, long atMs) {
    try (Querier querier = node.queries().open()) {
      Result result =
          node.engine().instant(expression, atMs).run(querier, QueryContext.unlimited());
      Result.VectorResult vector = (Result.VectorResult) result;
      return vector.series().isEmpty() ? Double.NaN : vector.series().getFirst().value(0);
    }
  }

  /// When the temperature was scraped last. Where that failed, it is waited for.
  private static long newestMs(Node node) {
    AtomicLong newestMs = new AtomicLong();
    await(
        "the target answers in time",
        () -> {
          double at = scalar(node, "timestamp(temperature)", InstantSource.system().millis());
          newestMs.set(Math.round(at * 1_000)); // 0 without one
          return newestMs.get() > 0;
        });
    return newestMs.get();
  }

  @Test
  void targetIsScrapedRuleFiresWebhookArrivesAndAllOfItSurvives() throws Exception {
    long writtenMs = InstantSource.system().millis() - 5_000;
    try (Node node = start()) {
      String body = hooks.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(body)
          .as("webhook; halted=%s", halted)
          .contains("TooHot", "it is 42 degrees", "\"status\":\"firing\"");
      await("is ready", node::ready);
      SampleBatch batch = new SampleBatch();
      batch.add(Labels.of("__name__", "written"), writtenMs, 7);
      assertThat(node.append(batch).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
          .isInstanceOfSatisfying(
              WriteOutcome.Answered.class,
              answered -> assertThat(answered.answer()).isInstanceOf(WriteAnswer.Written.class));
      assertThat(scalar(node, "written", writtenMs)).isEqualTo(7);
      assertThat(scalar(node, "count_over_time(up[1m])", InstantSource.system().millis()))
          .isGreaterThanOrEqualTo(1);
      awaitLogged(node);
    }
    Path forced = directory.resolve("data/log/forced"); // what force-survivor leaves
    Files.writeString(forced, "given up: n2, n3\n");
    try (Node node = start()) {
      SampleBatch later = new SampleBatch();
      later.add(Labels.of("__name__", "written"), writtenMs + 1, 8); // waits for the leader
      assertThat(node.append(later).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
          .isInstanceOf(WriteOutcome.Answered.class);
      assertThat(scalar(node, "written", writtenMs)).isEqualTo(7);
      assertThat(node.machine().alertmanager().view().log()).hasSize(1);
      assertThat(hooks.poll(3, TimeUnit.SECONDS)).as("a second page after the restart").isNull();
      awaitForcedTold(node, forced);
    }
    assertThat(halted).isNotDone();
  }

  @Test
  void restoredBackupAnswersTheSameAndTellsNothingTwice() throws Exception {
    Path backup = directory.resolve("backup");
    long atMs;
    double wanted;
    try (Node node = start()) {
      assertThat(hooks.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).contains("TooHot");
      awaitLogged(node);
      SampleBatch batch = new SampleBatch();
      batch.add(Labels.of("__name__", "written"), InstantSource.system().millis() - 5_000, 7);
      node.append(batch).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      // What is scraped from here on is newer: the backup has all that this time can see.
      atMs = newestMs(node);
      String id = node.care().backups().begin(0).id();
      BackupManifest manifest = ready(node, id);
      wanted = scalar(node, "count_over_time(temperature[5m])", atMs);
      BackupDirectory.write(backup, manifest, file -> fetched(node, id, file), Optional.empty());
      node.care().backups().end(id, true);
      assertThat(directory.resolve("data/backup").resolve(id)).doesNotExist();
      assertThat(node.care().health().backedUpMs()).isPositive();
    }
    Path data = directory.resolve("restored");
    BackupDirectory opened = BackupDirectory.open(backup);
    Restoring.restore(opened, data.resolve("store"), true, new Throttle(0, System::nanoTime));
    StartMarks.markRestored(data.resolve("log"), opened.manifest().id());
    hooks.clear();
    try (Node node = start(data)) {
      SampleBatch later = new SampleBatch();
      later.add(Labels.of("__name__", "written"), InstantSource.system().millis(), 8);
      assertThat(node.append(later).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
          .isInstanceOf(WriteOutcome.Answered.class);
      assertThat(scalar(node, "count_over_time(temperature[5m])", atMs))
          .isEqualTo(wanted)
          .isGreaterThanOrEqualTo(1);
      assertThat(node.machine().alertmanager().view().log()).hasSize(1);
      assertThat(hooks.poll(3, TimeUnit.SECONDS)).as("a second page after the restore").isNull();
    }
    assertThat(halted).isNotDone();
  }

  /// The outcome of a try is committed after the receiver has answered: a node that ends in between
  /// leaves it to its successor to ask again.
  private static void awaitLogged(Node node) {
    await(
        "outcome is in the notification log",
        () -> !node.machine().alertmanager().view().log().isEmpty());
  }

  private static void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(until);
      Thread.onSpinWait();
    }
  }

  /// It becomes an event, and only then its note is deleted.
  private static void awaitForcedTold(Node node, Path note) {
    await("the forced start is told", () -> !Files.exists(note));
    assertThat(node.machine().config().view().events())
        .filteredOn(event -> event.kind() == ClusterEvent.Kind.FORCED)
        .extracting(event -> event.nodeId() + ": " + event.detail())
        .containsExactly("n1: given up: n2, n3");
  }

  private static BackupManifest ready(Node node, String id) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < until) {
      if (node.care().backups().status(id).orElseThrow().state()
          instanceof Backups.State.Ready(BackupManifest manifest)) {
        return manifest;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("not ready: " + node.care().backups().status(id));
  }

  private static ByteArrayInputStream fetched(Node node, String id, BackupFile file)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < file.bytes()) {
      all.writeBytes(node.care().backups().piece(id, file.name(), all.size(), 10_000));
    }
    return new ByteArrayInputStream(all.toByteArray());
  }
}
