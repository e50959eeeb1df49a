package io.trivigil.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.trivigil.lab.Report;
import io.trivigil.lab.Stalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What came of a run: checks for the reader, the same figures as JSON for programs. Confined to
/// one thread.
final class Account {
  private static final long GOAL_MS = 2_000;
  private static final long SHORT_GOAL_MS = 5_000; // two cores, and others on them
  private static final long POOR_LINK_MS = 10_000;
  private static final String STANDING = "quorum standing";
  private static final String POOR_LINK = "quorum over a poor link";
  private static final Set<String> POOR = Set.of(Kind.LOSS.text, Kind.NARROW.text);
  private static final long AROUND_MS = 6_000;
  private static final int MOST_SHOWN = 12;

  private final Journal journal;
  private final Fleet fleet;
  private final Report report;
  private final Stalls stalls;
  private final boolean brief;
  private final Map<String, Object> json = new LinkedHashMap<>();

  Account(Journal journal, Fleet fleet, Report report, Stalls stalls, boolean brief) {
    this.journal = journal;
    this.fleet = fleet;
    this.report = report;
    this.stalls = stalls;
    this.brief = brief;
  }

  /// How long a standing quorum may need until it scrapes again.
  private long goalMs() {
    return brief ? SHORT_GOAL_MS : GOAL_MS;
  }

  private void note(String name, Object value) {
    json.put(name, value);
  }

  /// What the machine did for others, which is left out wherever a time has a limit.
  void machine(long fromMs, long toMs) {
    long othersMs = stalls.within(fromMs, toMs);
    note("machineWorkedForOthersMs", othersMs);
    report.title("machine");
    report.figure("worked for others for %d of %d ms", othersMs, toMs - fromMs);
  }

  void faults(long seed, int minutes) {
    report.title("faults injected");
    note("seed", seed);
    note("minutes", minutes);
    Map<String, Integer> counts = journal.counts();
    note("faults", counts);
    counts.forEach((kind, count) -> report.figure("%-32s %d", kind, count));
    long withoutMs =
        fleet.gaps().stream().skip(1).mapToLong(gap -> gap.toMs() - gap.fromMs()).sum();
    long ended = journal.count("* ");
    note("withoutQuorumMs", withoutMs);
    note("endedByThemselves", ended);
    report.figure("no quorum could stand for %d ms in all", withoutMs);
    report.figure("nodes ended by themselves %d times", ended);
  }

  void samples(List<Writer> writers, Audit audit) {
    report.title("samples");
    long acknowledged = writers.stream().mapToLong(Writer::acknowledged).sum();
    long retries = writers.stream().mapToLong(Writer::retries).sum();
    long refused = writers.stream().mapToLong(Writer::refused).sum();
    note("samplesAcknowledged", acknowledged);
    note("samplesLost", audit.lost());
    note("samplesDoubled", audit.doubled());
    note("samplesWrong", audit.wrong());
    note("writeRetries", retries);
    note("writesRefused", refused);
    note("scrapedSamplesCompared", audit.scraped());
    note("scrapesStoredTwice", audit.scrapedTwice());
    note("scrapesTorn", audit.torn());
    report.check(
        acknowledged > 0 && audit.compared() >= acknowledged * 3,
        "%d samples were acknowledged (after %d retries), %d compared on three nodes",
        acknowledged,
        retries,
        audit.compared());
    report.check(refused == 0, "%d writes were refused", refused);
    report.check(audit.lost() == 0, "%d acknowledged samples are lost", audit.lost());
    report.check(audit.doubled() == 0, "%d samples are doubled", audit.doubled());
    report.check(audit.wrong() == 0, "%d samples are not what was sent", audit.wrong());
    report.check(audit.scraped() > 0, "%d scraped samples were compared", audit.scraped());
    report.check(audit.scrapedTwice() == 0, "%d answers are stored twice", audit.scrapedTwice());
    report.check(audit.torn() == 0, "%d answers are not whole", audit.torn());
  }

  void notices(List<Alarms.Alarm> alarms, NoticeAccount.Trail trail) {
    report.title("notifications");
    NoticeAccount notices = new NoticeAccount(journal, fleet.gaps(), goalMs(), stalls, trail);
    notices.count(alarms);
    note("notificationsDue", notices.due);
    note("notificationsDelivered", notices.delivered);
    note("notificationsMissing", notices.missing);
    note("notificationsDoubledOutside", notices.doubledOutside);
    note("notificationsDoubledInside", notices.doubledInside);
    note("notificationsChanged", notices.changed);
    note("notificationsEarly", notices.early);
    note("notificationsLate", notices.late);
    List<Long> latencies = notices.latenciesMs.stream().sorted().toList();
    note("notificationLatencyMs", spread(latencies));
    report.check(
        notices.due > 0 && notices.missing == 0,
        "%d notifications were due, %d delivered, %d missing",
        notices.due,
        notices.delivered,
        notices.missing);
    report.check(
        notices.doubledOutside == 0,
        "%d doubled outside the declared cases, %d inside them",
        notices.doubledOutside,
        notices.doubledInside);
    report.check(notices.changed == 0, "%d with other bytes under the same id", notices.changed);
    report.check(notices.early == 0, "%d before they were due", notices.early);
    report.check(notices.late == 0, "%d late", notices.late);
    report.figure("from the event to the receiver, quorum standing: %s", spread(latencies));
    List<Long> undisturbed = notices.undisturbedMs.stream().sorted().toList();
    note("notificationLatencyUndisturbedMs", spread(undisturbed));
    report.figure("without a fault from 2 s before the event on: %s", spread(undisturbed));
  }

  void failovers(Failovers failovers) {
    report.title("failover: from the end of a leader to the first scrape after it");
    Map<String, Object> all = new TreeMap<>();
    failovers
        .lengthsMs()
        .forEach(
            (kind, lengths) -> {
              all.put(kind, spread(lengths));
              String line = "%-38s %s".formatted(kind, spread(lengths));
              if (kind.equals(Failovers.KILL)) {
                report.check(Audit.quantile(failovers.killsMs(), 0.99) <= goalMs(), line);
              } else {
                report.figure("      %s", line);
              }
            });
    note("failoverMs", all);
  }

  void holes(List<Audit.Hole> holes) {
    report.title("holes");
    Map<String, Long> longest = new TreeMap<>();
    for (Audit.Hole hole : holes) {
      List<Journal.Fault> faults = journal.faults(hole.fromMs() - 1_000, hole.toMs());
      String kind =
          fleet.quorumWasLost(hole.fromMs(), hole.toMs(), GOAL_MS)
              ? "without a quorum"
              : circumstances(faults);
      long othersMs = stalls.within(hole.fromMs(), hole.toMs());
      longest.merge(kind, hole.lengthMs() - othersMs, Math::max);
      if (hole.lengthMs() - othersMs > Config.SCRAPE_MS + GOAL_MS && kind.equals(STANDING)) {
        journal.wrong(
            hole.fromMs(),
            "hole of %d ms in %s, faults %s".formatted(hole.lengthMs(), hole.instance(), faults));
      }
    }
    note("longestHoleMs", longest);
    longest.forEach((kind, ms) -> report.figure("longest, %-24s %d ms", kind, ms));
    long limitMs = Config.SCRAPE_MS + goalMs();
    long worstMs = longest.getOrDefault(STANDING, 0L);
    report.check(
        !holes.isEmpty() && worstMs <= limitMs,
        "the longest hole while a quorum could stand is %d ms, the limit %d ms",
        worstMs,
        limitMs);
    long poorMs = longest.getOrDefault(POOR_LINK, 0L);
    report.check(
        poorMs <= POOR_LINK_MS,
        "the longest hole while the quorum hung on a poor link is %d ms, the limit %d ms",
        poorMs,
        POOR_LINK_MS);
  }

  /// What a hole is counted under. A node that is struck while the link of another one is poor
  /// leaves a quorum of two whose every packet may be lost, so the time is what TCP makes of it.
  private static String circumstances(List<Journal.Fault> faults) {
    Map<Boolean, List<Journal.Fault>> byPoor =
        faults.stream().collect(Collectors.partitioningBy(f -> POOR.contains(f.kind)));
    if (faults.stream().anyMatch(f -> f.kind.equals(Kind.CLOCK.text))) {
      return "with a wrong clock";
    }
    return byPoor.values().stream().noneMatch(List::isEmpty) ? POOR_LINK : STANDING;
  }

  private static Map<String, Long> spread(List<Long> sorted) {
    Map<String, Long> spread = new LinkedHashMap<>();
    spread.put("count", (long) sorted.size());
    spread.put("p50", Audit.quantile(sorted, 0.5));
    spread.put("p99", Audit.quantile(sorted, 0.99));
    spread.put("max", Audit.quantile(sorted, 1));
    return spread;
  }

  /// Prints the journal around whatever should not have been.
  void violations() {
    for (Journal.Violation wrong : journal.violations().stream().limit(MOST_SHOWN).toList()) {
      System.out.printf("  wrong at %s: %s%n", journal.at(wrong.atMs()), wrong.what());
      journal.around(wrong.atMs() - AROUND_MS, wrong.atMs() + 1_000).stream()
          .limit(30)
          .forEach(line -> System.out.println("    " + line));
    }
  }

  void write(Path file) throws IOException {
    note("failedChecks", report.failures());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json);
  }
}
