package io.trivigil.acceptance;

import io.trivigil.lab.Child;
import io.trivigil.lab.Report;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A node that lost its disk comes back without a vote first; a node of another cluster is refused
/// by name.
final class Membership {
  private static final Set<String> VOTERS = Set.of("follower", "leader");

  private final Cluster cluster;
  private final Report report;

  Membership(Cluster cluster, Report report) {
    this.cluster = cluster;
    this.report = report;
  }

  void blankNodeRejoins() throws IOException {
    Cluster.Node leader = cluster.leader().orElseThrow(() -> new IOException("no leader"));
    Cluster.Node victim =
        cluster.nodes().stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
    boolean history =
        Wait.until(
            Duration.ofMinutes(1),
            () -> {
              String samples =
                  cluster
                      .query(leader, "sum(count_over_time(up[1m]))")
                      .path(0)
                      .path("value")
                      .path(1)
                      .asText();
              return !samples.isEmpty() && Double.parseDouble(samples) > 60;
            });
    report.check(history, "there is something to lose");
    long fromMs = Wait.nowMs() - 30_000;
    victim.process().kill();
    delete(victim.data());
    victim.process().start();
    String joins = "member joins without a vote peer=" + victim.id();
    String votes = "member has caught up and votes peer=" + victim.id();
    boolean joined = Wait.until(Duration.ofSeconds(90), () -> cluster.logged(joins));
    report.check(
        joined, "%s with a blank disk came back without a vote, as the leader says", victim.id());
    boolean voter =
        Wait.until(
            Duration.ofSeconds(90),
            () -> cluster.logged(votes) && VOTERS.contains(cluster.role(leader, victim.id())));
    report.check(voter, "%s has caught up and votes again", victim.id());
    report.check(cluster.awaitReady(victim, Duration.ofMinutes(2)), "%s is ready", victim.id());
    long toMs = Wait.nowMs() - 5_000;
    boolean equal =
        Wait.until(
            Duration.ofMinutes(1), () -> up(victim, fromMs, toMs).equals(up(leader, fromMs, toMs)));
    equal &= up(leader, fromMs, toMs).length() > 2;
    report.check(equal, "%s has the samples from before", victim.id());
    if (!equal) {
      report.figure("%s says %s", leader.id(), up(leader, fromMs, toMs));
      report.figure("%s says %s", victim.id(), up(victim, fromMs, toMs));
    }
  }

  private String up(Cluster.Node node, long fromMs, long toMs) throws IOException {
    return cluster.range(node, "up", fromMs, toMs, 1);
  }

  void strangerIsRefused(Path directory, Path config) throws IOException {
    Cluster.Node victim =
        cluster.nodes().stream()
            .filter(node -> !node.equals(cluster.leader().orElse(null)))
            .findFirst()
            .orElseThrow();
    victim.process().kill();
    Path data = directory.resolve("stranger");
    int port = Lab.freePorts(1)[0];
    Child stranger = cluster.server(victim.id(), "another", data, config, port);
    stranger.start();
    boolean refused =
        Wait.until(
            Duration.ofSeconds(90), () -> Files.readString(stranger.log()).contains("acceptance"));
    String log = Files.readString(stranger.log());
    report.check(
        refused,
        "a node of another cluster is refused by name: %s",
        log.lines()
            .filter(l -> l.contains("acceptance"))
            .reduce((_, b) -> b)
            .orElse("no word of it"));
    stranger.kill();
    victim.process().start();
    report.check(
        cluster.awaitReady(victim, Duration.ofMinutes(2)), "%s is ready again", victim.id());
  }

  private static void delete(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
