package io.trivigil.chaos;

import io.trivigil.lab.Child;
import io.trivigil.lab.Report;
import io.trivigil.lab.Stalls;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// One run: the load, the faults, the looks in between, and the account. Confined to one thread.
final class Run implements AutoCloseable {
  private static final int TARGETS = 20;
  private static final int FIRST_PORT = 27_100;
  private static final int HTTP_PORT = 27_000;
  private static final int LOG_PORT = 27_010;
  private static final int DISK_MB = 1_500;
  private static final long LOOK_EVERY_MS = 120_000;
  private static final Duration CALM_LIMIT = Duration.ofMinutes(2);

  private final Main.Settings settings;
  private final Journal journal;
  private final Net net;
  private final Fleet fleet;
  private final ScrapeTargets targets;
  private final Alarms alarms;
  private final Receivers receivers;
  private final List<Writer> writers = new ArrayList<>();
  private final Report report = new Report();
  private final Audit audit;
  private final Stalls stalls = new Stalls();
  private final Failovers failovers = new Failovers(stalls);
  private final Faults faults;

  Run(Main.Settings settings) throws IOException {
    this.settings = settings;
    Path directory = settings.directory();
    journal = new Journal(directory.resolve("journal.txt"));
    audit = new Audit(journal);
    net = settings.net().isEmpty() ? new LoopbackNet() : new NamespaceNet(settings.net());
    Random random = new Random(settings.seed());
    alarms = new Alarms(new Random(random.nextLong()), journal);
    targets = new ScrapeTargets(net.world(), FIRST_PORT, TARGETS, alarms::exposition);
    receivers =
        new Receivers(
            net.world(),
            FIRST_PORT + TARGETS + 1,
            new Random(random.nextLong()),
            alarms::delivered);
    Path config = directory.resolve("config");
    Config.write(
        config,
        new Config.Places(
            targets.addresses(),
            net.world() + ":" + (FIRST_PORT + TARGETS),
            "",
            "http://%s:%d".formatted(net.world(), FIRST_PORT + TARGETS + 1),
            "%s:%d".formatted(net.world(), FIRST_PORT + TARGETS + 2)));
    List<Member> members = new ArrayList<>();
    for (String id : NamespaceNet.IDS) {
      members.add(member(id, config));
    }
    fleet = new Fleet(members, journal);
    for (String name : List.of("w1", "w2")) {
      writers.add(new Writer(name, 100, members, new Random(random.nextLong()), journal));
    }
    faults = new Faults(fleet, net, journal, failovers, random, settings.kills(), disks());
  }

  /// Whether the data directories are disks of their own.
  private boolean disks() {
    return !settings.net().isEmpty();
  }

  /// On loopback each node has a port of its own.
  private static int port(int first, String id) {
    return first + Integer.parseInt(id.substring(1));
  }

  private String url(String id) {
    return "http://%s:%d".formatted(net.host(id), port(HTTP_PORT, id));
  }

  private Member member(String id, Path config) throws IOException {
    Path directory = settings.directory();
    Path data = Files.createDirectories(directory.resolve("data").resolve(id));
    if (disks()) {
      Disks.mount(data, DISK_MB);
    }
    Path clock = directory.resolve("clock-" + id);
    String peers =
        String.join(
            ",",
            NamespaceNet.IDS.stream()
                .map(peer -> "%s=%s:%d".formatted(peer, net.host(peer), port(LOG_PORT, peer)))
                .toList());
    String urls =
        String.join(",", NamespaceNet.IDS.stream().map(peer -> peer + "=" + url(peer)).toList());
    List<String> command =
        List.of(
            settings.root().resolve("trivigil").toString(),
            "server",
            "--config.file=" + config.resolve("prometheus.yml"),
            "--alertmanager.config.file=" + config.resolve("alertmanager.yml"),
            "--storage.tsdb.path=" + data,
            "--web.listen-address=%s:%d".formatted(net.host(id), port(HTTP_PORT, id)),
            "--web.enable-remote-write-receiver",
            "--cluster.name=chaos",
            "--cluster.node-id=" + id,
            "--cluster.urls=" + urls,
            "--cluster.peers=" + peers);
    Child process =
        new Child(
            id,
            directory.resolve(id + ".log"),
            Map.of("TRIVIGIL_SUPERVISED", "1", "TRIVIGIL_TEST_CLOCK_OFFSET_FILE", clock.toString()),
            net.inside(id, command));
    return new Member(id, url(id), data, clock, process, journal);
  }

  int execute() throws IOException {
    long startMs = Wait.nowMs();
    if (settings.brief()) {
      stalls.start();
    }
    fleet.start();
    report.title("start");
    report.check(fleet.awaitCalm(CALM_LIMIT), "three nodes are ready");
    for (Writer writer : writers) {
      Thread.ofVirtual().name(writer.name()).start(writer);
    }
    alarms.start();
    Wait.pause(3_000);
    report.title("faults");
    long fromMs = Wait.nowMs();
    long lookedMs = fromMs;
    long endMs = fromMs + Duration.ofMinutes(settings.minutes()).toMillis();
    while (Wait.nowMs() < endMs) {
      faults.step();
      if (Wait.nowMs() - lookedMs > LOOK_EVERY_MS) {
        lookedMs = settle(lookedMs);
      }
    }
    writers.forEach(Writer::stop);
    faults.healAll();
    receivers.calmDown();
    alarms.finish(Duration.ofMinutes(2));
    settle(lookedMs);
    lookAtAll(fromMs);
    return account(startMs);
  }

  /// Takes all faults back, waits until all is well, and looks at what came since the last look.
  private long settle(long fromMs) throws IOException {
    faults.healAll();
    long startMs = Wait.nowMs();
    report.check(
        fleet.awaitCalm(CALM_LIMIT), "all is well again after %d ms", Wait.nowMs() - startMs);
    Wait.pause(2_000);
    long toMs = Wait.nowMs() - 1_000;
    for (Member member : fleet.members()) {
      audit.look(member, writers, fromMs, toMs);
    }
    report.check(
        audit.equal(fleet.members(), fromMs, toMs),
        "all nodes answer the same for the last %d s",
        (toMs - fromMs) / 1000);
    return toMs;
  }

  /// Looks at everything once more: what stood in the middle of a run must stand at its end.
  private void lookAtAll(long fromMs) throws IOException {
    for (Member member : fleet.members()) {
      audit.look(member, writers, fromMs, Wait.nowMs());
    }
  }

  private int account(long startMs) throws IOException {
    Account account = new Account(journal, fleet, report, stalls, settings.brief());
    account.machine(startMs, Wait.nowMs());
    account.faults(settings.seed(), settings.minutes());
    account.samples(writers, audit);
    Member witness = fleet.members().getFirst();
    account.notices(
        alarms.list(), (alarm, fromMs, toMs) -> audit.trail(witness, alarm, fromMs, toMs));
    account.failovers(failovers);
    account.holes(audit.holes(fleet.members().getFirst(), startMs, Wait.nowMs(), Config.SCRAPE_MS));
    account.violations();
    account.write(settings.directory().resolve("report.json"));
    return report.finish("chaos");
  }

  @Override
  public void close() {
    writers.forEach(Writer::stop);
    fleet.close();
    targets.close();
    receivers.close();
    stalls.close();
    net.close();
    journal.close();
  }
}
