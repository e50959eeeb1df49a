package io.trivigil.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Http;
import io.trivigil.lab.Report;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The exporter of the primary and a node of the monitor die in the same second: one page, one
/// all-clear.
final class Failover {
  private static final String ALERT = "MasterServerDown";

  private final Lab lab;
  private final Cluster cluster;
  private final Timing timing;
  private final Report report;

  Failover(Lab lab, Cluster cluster, Timing timing, Report report) {
    this.lab = lab;
    this.cluster = cluster;
    this.timing = timing;
    this.report = report;
  }

  /// What one run measured, ms.
  record Figures(
      long killToActiveMs, long activeToWebhookMs, long activeToMailMs, long longestHoleMs) {}

  /// Runs once.
  ///
  /// @param leaderDies whether the victim is the leader, or else a follower
  Optional<Figures> run(boolean leaderDies) throws IOException {
    if (!quiet()) {
      report.check(false, "the cluster is quiet before the run: %s", describe());
      return Optional.empty();
    }
    lab.webhook().clear();
    lab.mailBox().clear();
    Cluster.Node leader = cluster.leader().orElseThrow(() -> new IOException("no leader"));
    Cluster.Node victim =
        leaderDies
            ? leader
            : cluster.nodes().stream()
                .filter(node -> !node.equals(leader))
                .findFirst()
                .orElseThrow();
    List<Cluster.Node> alive =
        cluster.nodes().stream().filter(node -> !node.equals(victim)).toList();
    report.figure("leader %s, victim %s", leader.id(), victim.id());

    long killMs = Wait.nowMs();
    lab.mysqlExporter().kill();
    victim.process().kill();

    Optional<Long> active = awaitActive(alive.getFirst());
    if (active.isEmpty()) {
      report.check(false, "the alert becomes active");
      return Optional.empty();
    }
    long activeMs = active.get();
    int bound = timing.scrape() * 2 + timing.evaluation() + Timing.SLACK;
    report.check(
        lengthMs(killMs, activeMs) <= bound * 1000L,
        "kill to active %.2f s <= %d s",
        (activeMs - killMs) / 1000.0,
        bound);

    Duration limit =
        Duration.ofSeconds(timing.hold() + timing.evaluation() + timing.groupWait() + 60);
    boolean came =
        Wait.until(limit, () -> !firing().isEmpty() && lab.mailBox().mails().size() >= 1);
    report.check(came, "the page arrives");
    Wait.pause((timing.groupInterval() + 3) * 1000L); // whatever is sent twice would be sent by now
    List<WebhookSink.Call> calls = firing();
    List<MailBox.Mail> mails = lab.mailBox().mails();
    report.check(calls.size() == 1, "exactly one webhook call: %d", calls.size());
    report.check(mails.size() == 1, "exactly one mail: %d", mails.size());
    if (calls.isEmpty() || mails.isEmpty()) {
      return Optional.empty();
    }
    long earliest = timing.hold() * 1000L;
    long latest = earliest + (timing.evaluation() + timing.groupWait() + Timing.SLACK) * 1000L;
    long webhookMs = calls.getFirst().receivedMs() - activeMs;
    long mailMs = mails.getFirst().receivedMs() - activeMs;
    report.check(
        webhookMs >= earliest && lengthMs(activeMs, activeMs + webhookMs) <= latest,
        "webhook %.2f s after active, in [%d, %d] s",
        webhookMs / 1000.0,
        earliest / 1000,
        latest / 1000);
    report.check(
        mailMs >= earliest && lengthMs(activeMs, activeMs + mailMs) <= latest,
        "mail %.2f s after active, in [%d, %d] s",
        mailMs / 1000.0,
        earliest / 1000,
        latest / 1000);

    lab.mysqlExporter().start();
    victim.process().start();
    boolean cleared =
        Wait.until(limit, () -> resolved().size() >= 1 && lab.mailBox().mails().size() >= 2);
    report.check(cleared, "the all-clear arrives");
    Wait.pause((timing.groupInterval() + 3) * 1000L);
    report.check(
        resolved().size() == 1, "exactly one resolved webhook call: %d", resolved().size());
    report.check(firing().size() == 1, "no second firing call: %d", firing().size());
    report.check(
        lab.mailBox().mails().size() == 2, "two mails in all: %d", lab.mailBox().mails().size());
    report.check(cluster.awaitReady(victim, Duration.ofMinutes(2)), "the victim is back and ready");

    long endMs = Wait.nowMs();
    long hole = longestHole(alive.getFirst(), killMs - 20_000, endMs);
    int longest = timing.scrape() + Timing.SLACK;
    report.check(
        hole <= longest * 1000L,
        "longest hole of a surviving series %.2f s <= %d s",
        hole / 1000.0,
        longest);
    report.figure(
        "the machine worked for others for %d of %d ms",
        lab.stalls().within(killMs, endMs), endMs - killMs);
    compare(killMs - 20_000, endMs - 2_000L * timing.scrape());
    return Optional.of(new Figures(activeMs - killMs, webhookMs, mailMs, hole));
  }

  /// A length of time without what the machine did for others in it.
  private long lengthMs(long fromMs, long toMs) {
    return toMs - fromMs - lab.stalls().within(fromMs, toMs);
  }

  /// Waits until every target that can be up is up, and nothing is pending or firing.
  boolean quiet() {
    return Wait.until(
        Duration.ofSeconds(90),
        () -> {
          for (Cluster.Node node : cluster.nodes()) {
            JsonNode up = cluster.query(node, "count(up == 1)");
            if (!up.path(0).path("value").path(1).asText().equals("7")
                || !cluster.alerts(node).isEmpty()) {
              return false;
            }
            JsonNode silent = Http.json(node.url() + "/api/v2/alerts?active=true");
            if (!silent.isEmpty()) {
              return false;
            }
          }
          return true;
        });
  }

  private String describe() throws IOException {
    Cluster.Node node = cluster.nodes().getFirst();
    return "up=" + cluster.query(node, "up") + " alerts=" + cluster.alerts(node);
  }

  private Optional<Long> awaitActive(Cluster.Node node) {
    List<Long> found = new ArrayList<>();
    Wait.until(
        Duration.ofSeconds(90),
        () -> {
          for (JsonNode alert : cluster.alerts(node)) {
            JsonNode labels = alert.path("labels");
            if (labels.path("alertname").asText().equals(ALERT)
                && labels.path("job").asText().equals("master-mysql")) {
              found.add(Instant.parse(alert.path("activeAt").asText()).toEpochMilli());
              return true;
            }
          }
          return false;
        });
    return found.stream().findFirst();
  }

  private List<WebhookSink.Call> firing() {
    return calls("firing");
  }

  private List<WebhookSink.Call> resolved() {
    return calls("resolved");
  }

  private List<WebhookSink.Call> calls(String status) {
    return lab.webhook().calls().stream()
        .filter(c -> c.status().equals(status) && c.concerns(ALERT))
        .toList();
  }

  /// The longest time between two samples of any series of the targets that nobody killed.
  private long longestHole(Cluster.Node node, long fromMs, long toMs) throws IOException {
    long seconds = (toMs - fromMs) / 1000;
    long longest = 0;
    int series = 0;
    for (JsonNode one :
        cluster.query(
            node, "{job=~\"master-server|master-redis|master-backend\"}[" + seconds + "s]")) {
      long before = 0;
      int samples = 0;
      for (JsonNode value : one.path("values")) {
        long atMs = Math.round(value.path(0).asDouble() * 1000);
        longest = Math.max(longest, before == 0 ? 0 : lengthMs(before, atMs));
        before = atMs;
        samples++;
      }
      series += samples > 1 ? 1 : 0;
    }
    report.check(series > 100, "holes were looked for in %d series", series);
    return longest;
  }

  private void compare(long fromMs, long toMs) throws IOException {
    for (String expression :
        List.of(
            "up",
            "{job=\"master-server\"}",
            "ALERTS",
            "sum by (job) (scrape_samples_scraped)",
            "rate(node_cpu_seconds_total[10s])")) {
      List<String> answers = new ArrayList<>();
      boolean equal =
          Wait.until(
              Duration.ofMinutes(1), // a node may still be behind
              () -> {
                answers.clear();
                for (Cluster.Node node : cluster.nodes()) {
                  answers.add(cluster.range(node, expression, fromMs, toMs, 1));
                }
                return answers.stream().distinct().count() == 1;
              });
      report.check(
          equal && answers.getFirst().length() > 2,
          "three nodes, one answer to %s (%d characters)",
          expression,
          answers.getFirst().length());
    }
  }
}
