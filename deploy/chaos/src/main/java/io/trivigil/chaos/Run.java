package io.trivigil.chaos;

import io.trivigil.lab.Child;
import io.trivigil.lab.Report;
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
  private static final int LOG_PORT = 27_001;
  private static final Duration CALM_LIMIT = Duration.ofMinutes(1);

  private final Main.Settings settings;
  private final Journal journal;
  private final Net net;
  private final Fleet fleet;
  private final ScrapeTargets targets;
  private final List<Writer> writers = new ArrayList<>();
  private final Report report = new Report();
  private final Audit audit;
  private final Failovers failovers = new Failovers();
  private final Faults faults;

  Run(Main.Settings settings) throws IOException {
    this.settings = settings;
    Path directory = settings.directory();
    journal = new Journal(directory.resolve("journal.txt"));
    audit = new Audit(journal);
    net = new NamespaceNet(settings.net());
    targets = new ScrapeTargets(net.world(), FIRST_PORT, TARGETS, () -> "");
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
    Random random = new Random(settings.seed());
    for (String name : List.of("w1", "w2")) {
      writers.add(new Writer(name, 100, members, new Random(random.nextLong()), journal));
    }
    faults = new Faults(fleet, net, journal, failovers, random);
  }

  private Member member(String id, Path config) throws IOException {
    Path directory = settings.directory();
    Path data = Files.createDirectories(directory.resolve("data").resolve(id));
    Path clock = directory.resolve("clock-" + id);
    String peers =
        String.join(
            ",",
            NamespaceNet.IDS.stream()
                .map(peer -> "%s=%s:%d".formatted(peer, net.host(peer), LOG_PORT))
                .toList());
    List<String> command =
        List.of(
            settings.root().resolve("trivigil").toString(),
            "server",
            "--config.file=" + config.resolve("prometheus.yml"),
            "--alertmanager.config.file=" + config.resolve("alertmanager.yml"),
            "--storage.tsdb.path=" + data,
            "--web.listen-address=%s:%d".formatted(net.host(id), HTTP_PORT),
            "--web.enable-remote-write-receiver",
            "--cluster.name=chaos",
            "--cluster.node-id=" + id,
            "--cluster.peers=" + peers);
    Child process =
        new Child(
            id,
            directory.resolve(id + ".log"),
            Map.of("TRIVIGIL_SUPERVISED", "1", "TRIVIGIL_TEST_CLOCK_OFFSET_FILE", clock.toString()),
            net.inside(id, command));
    return new Member(
        id, "http://%s:%d".formatted(net.host(id), HTTP_PORT), data, clock, process, journal);
  }

  int execute() throws IOException {
    long startMs = Wait.nowMs();
    fleet.start();
    report.title("start");
    report.check(fleet.awaitCalm(CALM_LIMIT), "three nodes are ready");
    for (Writer writer : writers) {
      Thread.ofVirtual().name(writer.name()).start(writer);
    }
    Wait.pause(3_000);
    report.title("faults");
    long fromMs = Wait.nowMs();
    long lookedMs = fromMs;
    long endMs = fromMs + Duration.ofMinutes(settings.minutes()).toMillis();
    while (Wait.nowMs() < endMs) {
      faults.step();
      if (Wait.nowMs() - lookedMs > 100_000) {
        lookedMs = settle(lookedMs);
      }
    }
    writers.forEach(Writer::stop);
    settle(lookedMs);
    account(startMs);
    return report.finish();
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

  private void account(long startMs) throws IOException {
    report.title("account");
    journal.counts().forEach((kind, count) -> report.figure("%-28s %d", kind, count));
    long acknowledged = writers.stream().mapToLong(Writer::acknowledged).sum();
    report.check(acknowledged > 0, "%d samples were acknowledged", acknowledged);
    report.check(audit.lost() == 0, "%d acknowledged samples are lost", audit.lost());
    report.check(audit.doubled() == 0, "%d samples are doubled", audit.doubled());
    report.check(audit.wrong() == 0, "%d samples are not what was sent", audit.wrong());
    report.check(audit.scraped() > 0, "%d scraped samples were compared", audit.scraped());
    report.check(audit.scrapedTwice() == 0, "%d answers are stored twice", audit.scrapedTwice());
    report.check(audit.torn() == 0, "%d answers are not whole", audit.torn());
    List<Long> lengths = failovers.lengthsMs();
    report.figure(
        "failover: %d leader kills measured, p50 %d ms, p99 %d ms, max %d ms",
        lengths.size(),
        Audit.quantile(lengths, 0.5),
        Audit.quantile(lengths, 0.99),
        Audit.quantile(lengths, 1));
    long longest = 0;
    for (Audit.Hole hole :
        audit.holes(fleet.members().getFirst(), startMs, Wait.nowMs(), Config.SCRAPE_MS + 1_500)) {
      boolean excused = fleet.quorumWasLost(hole.fromMs(), hole.toMs(), 3_000);
      journal.say(
          "hole %s %d ms from %s%s, faults %s"
              .formatted(
                  hole.instance(),
                  hole.lengthMs(),
                  journal.at(hole.fromMs()),
                  excused ? ", without a quorum" : "",
                  journal.faults(hole.fromMs(), hole.toMs())));
      longest = excused ? longest : Math.max(longest, hole.lengthMs());
    }
    report.figure("longest hole while a quorum could stand: %d ms", longest);
  }

  @Override
  public void close() {
    writers.forEach(Writer::stop);
    fleet.close();
    targets.close();
    net.close();
    journal.close();
  }
}
