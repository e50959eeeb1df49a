package io.trivigil.node;

import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.config.version.ClusterSettings;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.config.version.MemberReport;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Exemplar;
import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.run.RulesCommand;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetGroup;
import io.trivigil.storage.SeriesLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// Makes commands of every domain as a node would that looks at its own, perhaps old, state.
/// Deterministic in its seed.
final class RandomCommands {
  private final Random random;
  private final long startMs;
  private final boolean risesEarly; // or what waits for a feature level would hardly be tried
  private int counter;

  RandomCommands(Random random, long startMs) {
    this.random = random;
    this.startMs = startMs;
    this.risesEarly = random.nextBoolean();
  }

  /// A sample that was written if the command was accepted.
  ///
  /// @param late whether its series may well have a newer one
  record Written(Labels labels, long timestampMs, double value, boolean late) {}

  /// One command, and what its acceptance promises.
  record Planned(byte[] command, List<Written> promised) {
    /// What must be there if this was the answer.
    List<Written> writtenIf(byte[] answer) {
      boolean accepted =
          !promised.isEmpty() && WriteAnswer.decode(answer) instanceof WriteAnswer.Written;
      return accepted ? promised : List.of();
    }
  }

  private static Planned plain(Domain domain, byte[] command) {
    return new Planned(domain.wrap(command), List.of());
  }

  /// The next command of a node whose clock says `nowMs`.
  Planned next(NodeMachine node, long nowMs) {
    counter++;
    if (risesEarly && !node.config().view().has(FeatureLevel.NEWEST)) {
      return plain(Domain.CONFIG, rise(node, nowMs).encode());
    }
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> write(node, nowMs);
      case 3, 4, 5 -> scrape(node, nowMs);
      case 6 -> groups(node);
      case 7 -> gone(node, nowMs);
      case 8 -> ruleRun(node, nowMs);
      case 9 -> config(node, nowMs);
      case 10 -> alertmanager(node, nowMs);
      default -> garbage();
    };
  }

  private static ConfigCommand rise(NodeMachine node, long nowMs) {
    return node.config().view().settings().isEmpty()
        ? new ConfigCommand.Found(new ClusterSettings(86_400_000, 1, nowMs))
        : new ConfigCommand.Raise(FeatureLevel.NEWEST.number());
  }

  private Planned write(NodeMachine node, long nowMs) {
    if (random.nextInt(10) == 0) {
      return plain(
          Domain.STORE,
          new WriteCommand.Retain(startMs - 1_000_000 + random.nextInt(100)).encode());
    }
    if (random.nextInt(8) == 0) {
      long beforeMs = nowMs - random.nextInt(3_000);
      return plain(
          Domain.STORE, new WriteCommand.Retire(beforeMs, 1 + random.nextInt(40)).encode());
    }
    if (random.nextInt(5) == 0) {
      return plain(Domain.STORE, beside(nowMs).encode());
    }
    SampleBatch batch = new SampleBatch();
    List<Written> promised = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      Labels labels = Labels.of("__name__", "written", "i", "" + random.nextInt(8), "n", "" + i);
      boolean late = node.storeRules().windowMs() > 0 && random.nextBoolean();
      long atMs = nowMs + counter - (late ? random.nextInt(20_000) : 0);
      double value = atMs; // so that what is late and stands there already is what was promised
      long ref = node.storage().ref(labels);
      // Below feature level 3 it has the whole request refused.
      if (random.nextInt(node.config().view().has(FeatureLevel.THREE) ? 4 : 30) == 0) {
        batch.add(
            Labels.of("__name__", "written", "i", "" + random.nextInt(8), "n", "h" + i),
            atMs,
            histogram());
        continue;
      }
      if (ref > 0 && random.nextBoolean()) {
        batch.add(ref, atMs, value);
      } else {
        batch.add(labels, atMs, value);
      }
      promised.add(new Written(labels, atMs, value, late));
    }
    if (random.nextInt(10) == 0) {
      batch.add(
          1 + random.nextInt(1_000), nowMs, 1); // a reference that may not be known: refused whole
    }
    return new Planned(
        Domain.STORE.wrap(new WriteCommand.Write(Long.MIN_VALUE, Long.MAX_VALUE, batch).encode()),
        promised);
  }

  private NativeHistogram histogram() {
    return NativeHistogram.of(
        new FloatHistogram(
            random.nextInt(3),
            FloatHistogram.Hint.UNKNOWN,
            counter,
            1,
            0,
            0,
            new FloatHistogram.Buckets(new int[] {0, 1}, new double[] {counter, 2}),
            FloatHistogram.Buckets.NONE,
            new double[0]));
  }

  private WriteCommand beside(long nowMs) {
    return switch (random.nextInt(8)) {
      case 6, 7 -> new WriteCommand.Window(random.nextInt(3) * random.nextLong(30_000));
      case 4, 5 ->
          new WriteCommand.Limits(
              new SeriesLimits(
                  20 + random.nextInt(60), 4 + random.nextInt(20), 3 + random.nextInt(20)));
      case 0 -> {
        TreeMap<String, FamilyMeta> said = new TreeMap<>();
        said.put("f" + random.nextInt(4), new FamilyMeta("gauge", "help " + counter, ""));
        yield new WriteCommand.Describe(said);
      }
      case 1 -> new WriteCommand.Clean();
      default ->
          new WriteCommand.Exemplars(
              5 + random.nextInt(3),
              List.of(
                  new Exemplar(
                      Labels.of("__name__", "written", "i", "" + random.nextInt(3)),
                      Labels.of("trace", "" + counter),
                      counter,
                      nowMs - random.nextInt(5))));
    };
  }

  private Planned scrape(NodeMachine node, long nowMs) {
    String key = "job/t" + random.nextInt(3);
    long slotMs = nowMs / 250 * 250;
    SampleBatch batch = new SampleBatch();
    int series = random.nextInt(6);
    for (int i = 0; i < series; i++) {
      Labels labels =
          Labels.of(
              "__name__", "scraped", "instance", key, "i", "" + random.nextInt(9), "job", "job");
      long ref = node.storage().ref(labels);
      if (ref > 0 && random.nextInt(3) > 0) {
        batch.add(ref, nowMs, counter);
      } else {
        batch.add(labels, nowMs, counter);
      }
    }
    boolean up = random.nextInt(4) > 0;
    int tracked = batch.size();
    batch.add(Labels.of("__name__", "up", "instance", key), nowMs, up ? 1 : 0);
    TreeMap<String, FamilyMeta> metadata = new TreeMap<>();
    if (random.nextInt(5) == 0) {
      metadata.put("scraped", new FamilyMeta("gauge", "help " + random.nextInt(3), ""));
    }
    return plain(
        Domain.SCRAPE,
        new ScrapeCommand.Batch(
                key,
                "job",
                250,
                slotMs,
                nowMs,
                up,
                up ? "" : "down",
                counter,
                tracked,
                1,
                metadata,
                batch)
            .encode());
  }

  private Planned groups(NodeMachine node) {
    long base = node.targets().groups("job", "file/0").map(g -> g.version()).orElse(0L);
    TargetGroup group =
        new TargetGroup(
            "f" + random.nextInt(2),
            List.of(Labels.of("__address__", "h" + random.nextInt(3) + ":1")),
            Labels.EMPTY);
    return plain(
        Domain.SCRAPE,
        random.nextInt(5) == 0
            ? new ScrapeCommand.GroupsGone("job", "file/0").encode()
            : new ScrapeCommand.Groups("job", "file/0", base, List.of(group), List.of()).encode());
  }

  private Planned gone(NodeMachine node, long nowMs) {
    String key = "job/t" + random.nextInt(3);
    long slotMs = node.targets().target(key).map(t -> t.slotMs()).orElse(0L);
    return plain(
        Domain.SCRAPE,
        random.nextInt(4) == 0
            ? new ScrapeCommand.Seed(random.nextLong()).encode()
            : new ScrapeCommand.Gone(key, slotMs, nowMs).encode());
  }

  private Planned ruleRun(NodeMachine node, long nowMs) {
    GroupKey group = new GroupKey("rules.yml", "g" + random.nextInt(2));
    long before = node.rules().group(group).map(g -> g.slotMs()).orElse(0L);
    SampleBatch samples = new SampleBatch();
    Labels series = Labels.of("__name__", "ALERTS", "alertname", "A", "alertstate", "firing");
    samples.add(series, nowMs, random.nextInt(4) == 0 ? Staleness.marker() : 1);
    if (random.nextInt(3) == 0) { // refused below feature level 3
      samples.add(Labels.of("__name__", "recorded", "g", group.name()), nowMs, histogram());
    }
    AlertUpdate update =
        new AlertUpdate(
            Labels.of("alertname", "A", "i", "" + random.nextInt(3)),
            Labels.of("summary", "s"),
            nowMs,
            nowMs + 60_000,
            "");
    return plain(
        Domain.RULES,
        RulesMachine.encode(
            new RulesCommand.RuleRun(
                group,
                nowMs / 500 * 500,
                before,
                node.config().view().number(),
                500,
                0,
                counter,
                List.of(),
                samples,
                List.of(update),
                List.of())));
  }

  private Planned config(NodeMachine node, long nowMs) {
    boolean newest = node.config().view().has(FeatureLevel.NEWEST);
    ConfigCommand command =
        switch (random.nextInt(newest ? 3 : 6)) {
          case 3, 4, 5 ->
              new ConfigCommand.Raise(2 + random.nextInt(FeatureLevel.NEWEST.number() - 1));
          case 0 -> new ConfigCommand.Found(new ClusterSettings(86_400_000, 1, nowMs));
          case 1 ->
              new ConfigCommand.Adopt(
                  node.config().view().number(),
                  "n",
                  "hash" + counter,
                  new byte[] {0, (byte) counter});
          default ->
              new ConfigCommand.Report(
                  "n" + random.nextInt(3),
                  MemberReport.of("hash" + counter, "http://h", counter, "n1"));
        };
    return plain(Domain.CONFIG, command.encode());
  }

  private Planned alertmanager(NodeMachine node, long nowMs) {
    String id = "silence-" + random.nextInt(4);
    Optional<Silence> known = Optional.ofNullable(node.alertmanager().view().silences().get(id));
    long version = known.map(Silence::version).orElse(0L);
    Command command =
        switch (random.nextInt(4)) {
          case 0 -> new Command.SilenceSet(silence(id, nowMs), version, Optional.empty());
          case 1 -> new Command.SilenceExpire(id, version, nowMs);
          case 2 -> new Command.GapSeen(nowMs - 20_000, nowMs - 1_000);
          default ->
              Command.AlertsReceived.of(
                  List.of(
                      new AlertUpdate(
                          Labels.of("alertname", "B", "i", "" + random.nextInt(5)),
                          Labels.EMPTY,
                          nowMs - 1_000,
                          random.nextBoolean() ? nowMs : nowMs + 60_000,
                          "")));
        };
    return plain(Domain.ALERTMANAGER, CommandCodec.encode(command));
  }

  private static Silence silence(String id, long nowMs) {
    return new Silence(
        id,
        List.of(new Silence.Condition("alertname", Matcher.Op.EQUALS, "B")),
        nowMs,
        nowMs + 5_000,
        nowMs,
        "me",
        "why",
        0);
  }

  /// Bytes that are no command: refused by everyone alike.
  private Planned garbage() {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return new Planned(bytes, List.of());
  }
}
