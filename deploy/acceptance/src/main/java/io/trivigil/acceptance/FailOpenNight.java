package io.trivigil.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Http;
import io.trivigil.lab.Report;
import io.trivigil.lab.Wait;
import io.trivigil.lab.WriteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Two of three nodes are killed and stay away: the survivor goes on alone, says so once, tells
/// what is new and nothing else, and when the others are back its scrapes enter the log and nobody
/// is told twice.
final class FailOpenNight {
  private static final String NOTICE = "TrivigilQuorumLost";
  private static final String PAGE = "MasterServerDown";
  private static final String ANY = "";
  private static final String MERGED = "trivigil_fail_open_merged_slots_total";
  private static final String LEFT = "trivigil_fail_open_left_slots_total";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Lab lab;
  private final Cluster cluster;
  private final Timing timing;
  private final Report report;
  private final boolean brief;
  private boolean backMeanwhile;
  private long takenBefore;
  private double mergedBefore;
  private double leftBefore;

  /// @param brief leaves out the alert that the log has before the loss, and the node that is
  ///   restarted in vain
  FailOpenNight(Lab lab, Cluster cluster, Timing timing, Report report, boolean brief) {
    this.lab = lab;
    this.cluster = cluster;
    this.timing = timing;
    this.report = report;
    this.brief = brief;
  }

  void run() throws IOException {
    if (!new Failover(lab, cluster, timing, report).quiet()) {
      report.check(false, "the cluster is quiet before the run");
      return;
    }
    lab.webhook().clear();
    lab.mailBox().clear();
    List<String> victimsOfTheNight = brief ? List.of("mysql") : List.of("redis", "mysql");
    if (!brief) {
      lab.redisExporter().kill();
      report.check(
          Wait.until(MINUTE, () -> told(PAGE, "redis", "firing") == 1),
          "with a quorum the page for redis arrives");
      awaitNobodyTells();
    }

    Cluster.Node survivor = cluster.nodes().getFirst();
    List<Cluster.Node> victims = cluster.nodes().subList(1, 3);
    takenBefore = takenAlone(survivor);
    mergedBefore = metric(survivor, MERGED);
    leftBefore = metric(survivor, LEFT);
    long killMs = Wait.nowMs();
    victims.forEach(node -> node.process().kill());
    alone(survivor, killMs);
    if (!brief) {
      disturbed(survivor, victims.getFirst());
    }
    pagedAlone(survivor);

    long backMs = Wait.nowMs();
    for (Cluster.Node victim : victims) {
      victim.process().start();
    }
    healed(survivor, backMs);
    over(victimsOfTheNight);
    holes(survivor, killMs, backMs);
  }

  private void alone(Cluster.Node survivor, long killMs) throws IOException {
    boolean open = Wait.until(MINUTE, () -> state(survivor).equals("fail-open"));
    report.check(
        open, "%s fails open %d ms after the others died", survivor.id(), Wait.nowMs() - killMs);
    boolean noticed = Wait.until(MINUTE, () -> told(NOTICE, ANY, "firing") == 1);
    report.check(noticed, "the notice arrives %d ms after the others died", Wait.nowMs() - killMs);
    report.check(
        calls(NOTICE, ANY).stream().allMatch(call -> call.degradedBy(survivor.id())),
        "the notice is marked as degraded");
    WriteRequest request = new WriteRequest();
    request.add(Map.of("__name__", "alone"), Wait.nowMs(), 1);
    int status = WriteRequest.post(survivor.url(), request.bytes(), MINUTE).status();
    report.check(status == 503, "remote write answers 503: %d", status);
    JsonNode answer = Http.json(survivor.url() + "/api/v1/query?query=up");
    report.check(!answer.path("warnings").isEmpty(), "answers warn: %s", answer.path("warnings"));
    for (String page : List.of("", "alerts", "targets", "cluster")) {
      String html = Http.get(survivor.url() + "/" + page, MINUTE).body();
      report.check(html.contains("Quorum lost: fail-open"), "the page /%s shows it", page);
    }
  }

  /// A supervisor starts one of the dead nodes, which dies again soon.
  private void disturbed(Cluster.Node survivor, Cluster.Node restless) throws IOException {
    for (int i = 0; i < 2; i++) {
      restless.process().start();
      boolean back = Wait.until(Duration.ofSeconds(2), () -> state(survivor).equals("quorum"));
      restless.process().kill();
      backMeanwhile |= back;
      report.figure(
          "%s was started and killed; did a leader appear meanwhile: %s", restless.id(), back);
    }
    report.check(
        Wait.until(MINUTE, () -> state(survivor).equals("fail-open")),
        "%s is alone again",
        survivor.id());
  }

  private void pagedAlone(Cluster.Node survivor) {
    long diedMs = Wait.nowMs();
    lab.mysqlExporter().kill();
    boolean paged = Wait.until(MINUTE, () -> told(PAGE, "mysql", "firing") == 1);
    report.check(
        paged,
        "without a quorum the page for mysql arrives, %d ms after its end",
        Wait.nowMs() - diedMs);
    report.check(
        calls(PAGE, "mysql").stream().allMatch(call -> call.degradedBy(survivor.id())),
        "it is marked as degraded");
    boolean mailed =
        Wait.until(
            MINUTE,
            () ->
                lab.mailBox().mails().stream().anyMatch(mail -> mail.text().contains("DEGRADED")));
    report.check(mailed, "a mail's subject says so too");
    Wait.pause((timing.groupInterval() + 3) * 1000L); // what is sent twice would be sent by now
    report.check(brief || told(PAGE, "redis", "firing") == 1, "what the log had is not told again");
    report.check(told(PAGE, "mysql", "firing") == 1, "nor what was told alone");
    int notices = told(NOTICE, ANY, "firing");
    report.check(
        notices == 1
            || (backMeanwhile && notices <= 3 && told(NOTICE, ANY, "resolved") >= notices - 1),
        "one notice for one loss: %d",
        notices);
  }

  private void healed(Cluster.Node survivor, long backMs) throws IOException {
    boolean all = cluster.awaitReady(Duration.ofMinutes(2));
    boolean quorum = Wait.until(MINUTE, () -> state(survivor).equals("quorum"));
    report.check(
        all && quorum, "with the others the quorum is back after %d ms", Wait.nowMs() - backMs);
    String merged = "merged what was done without a quorum";
    boolean done =
        Wait.until(
            MINUTE,
            () ->
                Cluster.logged(survivor, merged)
                    && metric(survivor, "trivigil_fail_open_merging_slots") == 0);
    double slots = metric(survivor, MERGED) - mergedBefore;
    double left = metric(survivor, LEFT) - leftBefore;
    long taken = takenAlone(survivor) - takenBefore;
    report.check(done && slots > 0, "scrapes of that time are merged: %.0f of %d", slots, taken);
    report.check(
        slots + left == taken,
        "each other is left out for a reason: %.0f, %s",
        left,
        lines(survivor, LEFT).filter(line -> !line.endsWith(" 0")).toList());
    report.figure(
        "merging took %s ms, leaders waited for it %s",
        values(survivor, merged + " .* took_ms=(\\d+)"),
        values(survivor, "work begins behind a time without a quorum .* waited_ms=(\\d+)"));
    double told = metric(survivor, "trivigil_fail_open_told_total");
    report.check(told >= 2, "the node counts what it told: %.0f", told);
  }

  /// The exporters are started: the ends are told, once each, and nothing is told anew.
  private void over(List<String> jobs) throws IOException {
    int notices = told(NOTICE, ANY, "firing");
    if (!brief) {
      lab.redisExporter().start();
    }
    lab.mysqlExporter().start();
    for (String job : jobs) {
      report.check(Wait.until(MINUTE, () -> told(PAGE, job, "resolved") >= 1), "%s resolves", job);
    }
    report.check(
        Wait.until(MINUTE, () -> told(NOTICE, ANY, "resolved") >= notices), "the notice resolves");
    Wait.pause((timing.groupInterval() + 3) * 1000L);
    for (String job : jobs) {
      int ends = told(PAGE, job, "resolved");
      report.check(ends == 1, "the end of %s was told once: %d", job, ends);
      int pages = pagesOf(job);
      report.check(pages == 1, "one page for %s: %d", job, pages);
    }
    int after = told(NOTICE, ANY, "firing");
    report.check(after == notices, "no further notice: %d", after);
    int ends = told(NOTICE, ANY, "resolved");
    report.check(ends == notices, "each notice ended once: %d", ends);
  }

  /// The longest hole of a target that nobody killed, and that three nodes say the same of it.
  private void holes(Cluster.Node survivor, long killMs, long backMs) throws IOException {
    long seconds = (Wait.nowMs() - killMs) / 1000 + 10;
    long before = 0;
    long longest = 0;
    int alone = 0;
    long beginMs = Cluster.FAIL_OPEN.toMillis() + 5_000;
    JsonNode all = cluster.query(survivor, "up{job=\"master-server\"}[" + seconds + "s]");
    for (JsonNode value : all.path(0).path("values")) {
      long atMs = Math.round(value.path(0).asDouble() * 1000);
      longest = Math.max(longest, before == 0 ? 0 : atMs - before);
      alone += atMs > killMs + beginMs && atMs < backMs ? 1 : 0;
      before = atMs;
    }
    report.figure("longest hole of a target that lived %.2f s", longest / 1000.0);
    double due = (backMs - killMs - beginMs) / 1000.0 / timing.scrape();
    report.check(alone >= due * 0.7, "of %.1f scrapes taken alone %d are in the log", due, alone);
    long toMs = Wait.nowMs() - 2_000L * timing.scrape();
    String expected = cluster.range(survivor, "up", killMs, toMs, 1);
    for (Cluster.Node node : cluster.nodes()) {
      boolean equal =
          Wait.until(MINUTE, () -> cluster.range(node, "up", killMs, toMs, 1).equals(expected));
      report.check(equal && expected.length() > 2, "%s says the same of that time", node.id());
    }
  }

  /// Waits until the outcome of what was sent is in the log.
  private void awaitNobodyTells() {
    boolean quiet =
        Wait.until(
            MINUTE,
            () -> {
              for (Cluster.Node node : cluster.nodes()) {
                if (metric(node, "trivigil_alertmanager_attempts_open") > 0) {
                  return false;
                }
              }
              return true;
            });
    report.check(quiet, "its outcome is in the log");
  }

  private String state(Cluster.Node node) throws IOException {
    return cluster.status(node).path("state").asText();
  }

  /// Calls that tell of an alert whose job contains `job`.
  private List<WebhookSink.Call> calls(String alertName, String job) {
    return lab.webhook().calls().stream().filter(call -> call.tells(alertName, job, ANY)).toList();
  }

  private int told(String alertName, String job, String status) {
    return (int)
        lab.webhook().calls().stream().filter(call -> call.tells(alertName, job, status)).count();
  }

  /// Calls in which a target's alert is news: one that tells of another alert of its group, whose
  /// end or beginning is the news, names it again, as upstream's do.
  private int pagesOf(String job) {
    return (int)
        lab.webhook().calls().stream()
            .filter(call -> call.tells(PAGE, job, "firing"))
            .filter(call -> call.body().path("alerts").size() == 1)
            .count();
  }

  /// Scrapes that were in the buffer whenever a leader was heard again, as the node's log says.
  private static long takenAlone(Cluster.Node node) throws IOException {
    return values(node, "no longer works alone .* slots=(\\d+)").stream()
        .mapToLong(Long::parseLong)
        .sum();
  }

  /// What the first group of `pattern` is in each line of a node's log that has it.
  private static List<String> values(Cluster.Node node, String pattern) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(node.process().log()))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /// The sum over a metric's labels.
  private static double metric(Cluster.Node node, String name) throws IOException {
    return lines(node, name)
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static Stream<String> lines(Cluster.Node node, String name) throws IOException {
    return Http.get(node.url() + "/metrics", MINUTE)
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"));
  }
}
