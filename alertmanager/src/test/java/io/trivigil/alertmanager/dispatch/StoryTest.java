package io.trivigil.alertmanager.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.api.SilenceApi;
import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.match.MatcherParser;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.Silence.Condition;
import io.trivigil.alertmanager.state.Transition;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.PromDuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Plays the stories in `src/test/resources/stories`. A story is a configuration, `---`, and lines
/// of a time and what happens then; lines that begin with `->` are what the receivers saw, and are
/// what is compared. `-Drewrite=true` writes them anew.
class StoryTest {
  private static final Path FOLDER = Path.of("src/test/resources/stories");

  static Stream<String> stories() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("stories")
  void happensAsWritten(String name) throws Exception {
    Path file = FOLDER.resolve(name);
    String text = Files.readString(file, StandardCharsets.UTF_8);
    String played = new Player(text).play();
    if (Boolean.getBoolean("rewrite")) {
      Files.writeString(file, played, StandardCharsets.UTF_8);
    }
    assertThat(played).isEqualTo(text);
    assertThat(played).contains("->");
  }

  private static final class Player {
    private final List<String> head = new ArrayList<>();
    private final List<String> script = new ArrayList<>();
    private final World world;
    private final Map<Long, String> names = new HashMap<>();
    private final Map<Labels, Long> firing = new TreeMap<>();
    private final TreeMap<Long, List<String>> lines = new TreeMap<>();
    private int told;
    private int historyTold;

    Player(String text) throws Exception {
      List<String> all = text.lines().toList();
      int rule = all.indexOf("---");
      head.addAll(all.subList(0, rule + 1));
      all.subList(rule + 1, all.size()).stream()
          .filter(line -> !line.contains("->"))
          .forEach(script::add);
      String yaml = String.join("\n", head.subList(0, rule));
      world =
          new World(
              1, AlertmanagerConfig.parse("story", yaml, Path.of("/")), DispatchSettings.DEFAULT);
      world.lead(world.nodes.getFirst(), 0);
      world.run(Duration.ofSeconds(1));
      begunMs = world.nowMs;
    }

    private final long begunMs;

    String play() {
      List<String> out = new ArrayList<>(head);
      for (String line : script) {
        if (line.isBlank() || line.startsWith("#")) {
          out.add(line);
          continue;
        }
        String[] words = line.strip().split("\\s+", 3);
        long atMs = begunMs + PromDuration.parseMs(words[0]);
        pass(atMs);
        out.addAll(seen());
        out.add(line);
        act(words[1], words.length > 2 ? words[2] : "");
      }
      return String.join("\n", out) + "\n";
    }

    /// Lets the time pass; every 15 s the rules say again what fires.
    private void pass(long untilMs) {
      while (world.nowMs < untilMs) {
        long nextMs = Math.min(untilMs, world.nowMs - (world.nowMs - begunMs) % 15_000 + 15_000);
        world.run(Duration.ofMillis(nextMs - world.nowMs));
        if ((world.nowMs - begunMs) % 15_000 == 0) {
          say();
        }
      }
    }

    private void say() {
      List<AlertUpdate> updates = new ArrayList<>();
      firing.forEach(
          (labels, sinceMs) ->
              updates.add(
                  new AlertUpdate(labels, Labels.EMPTY, sinceMs, world.nowMs + 240_000, "")));
      if (!updates.isEmpty() && world.leader != null) {
        world.commit(AlertsReceived.of(updates));
      }
    }

    private void act(String verb, String rest) {
      switch (verb) {
        case "fire" -> {
          Labels labels = labels(rest);
          names.put(Fingerprint.of(labels), labels.get("alertname") + labels.get("i"));
          firing.put(labels, world.nowMs);
          say();
        }
        case "resolve" -> {
          Labels labels = labels(rest);
          long sinceMs = firing.remove(labels);
          world.commit(
              AlertsReceived.of(
                  List.of(new AlertUpdate(labels, Labels.EMPTY, sinceMs, world.nowMs, ""))));
        }
        case "receiver" -> world.script = rest;
        case "lead" -> world.lead(node(rest), 100);
        case "depose" -> world.lead(node(rest), 5_000);
        case "kill" -> node(rest).die();
        case "silence" -> silence(rest);
        case "expire" ->
            world.commit(
                new Command.SilenceExpire(
                    rest,
                    java.util.Objects.requireNonNull(freshest().machine.view().silences().get(rest))
                        .version(),
                    world.nowMs));
        case "gap" -> {
          long gapMs = PromDuration.parseMs(rest);
          world.commit(new Command.GapSeen(world.nowMs - gapMs, world.nowMs));
        }
        case "end" -> {}
        default -> throw new IllegalArgumentException("unknown verb " + verb);
      }
    }

    private void silence(String rest) {
      String[] words = rest.split(" ", 3);
      List<Condition> conditions =
          MatcherParser.parse(words[2]).matchers().stream()
              .map(
                  m ->
                      SilenceApi.condition(
                          m.name(),
                          m.value(),
                          m.op().isRegex(),
                          m.op() == Matcher.Op.EQUALS || m.op() == Matcher.Op.MATCHES))
              .toList();
      world.commit(
          new Command.SilenceSet(
              new io.trivigil.alertmanager.state.Silence(
                  words[0],
                  conditions,
                  world.nowMs,
                  world.nowMs + PromDuration.parseMs(words[1]),
                  world.nowMs,
                  "me",
                  "",
                  0),
              0,
              java.util.Optional.empty()));
    }

    private World.Node node(String id) {
      return world.nodes.stream().filter(n -> n.id.equals(id)).findFirst().orElseThrow();
    }

    private static Labels labels(String text) {
      Labels.Builder labels = new Labels.Builder();
      for (String pair : text.split(" ")) {
        String[] parts = pair.split("=", 2);
        labels.set(parts[0], parts[1]);
      }
      return labels.build();
    }

    private List<String> seen() {
      lines.clear();
      for (; told < world.requests.size(); told++) {
        World.Request request = world.requests.get(told);
        Attempt attempt = request.attempt();
        String reason =
            new String(attempt.payload().body(), StandardCharsets.UTF_8)
                .split(" ")[
                new String(attempt.payload().body(), StandardCharsets.UTF_8).split(" ").length - 2];
        add(
            request.atMs(),
            "%s from %s to %s/%s %s firing=%s resolved=%s%s"
                .formatted(
                    attempt.id() + "#" + attempt.tryNo(),
                    request.node(),
                    attempt.destination().receiver(),
                    attempt.destination().integrationText(),
                    reason,
                    names(attempt.firing()),
                    names(attempt.resolved()),
                    request.taken() ? request.answered() ? "" : " (answer lost)" : " (not taken)"));
      }
      List<Transition> history = freshest().machine.view().history();
      for (; historyTold < history.size(); historyTold++) {
        Transition line = history.get(historyTold);
        switch (line.phase()) {
          case SILENCED, INHIBITED, MUTED, FAILED ->
              add(
                  line.atMs(),
                  "%s %s by %s"
                      .formatted(
                          names.get(Fingerprint.of(line.labels())),
                          line.phase().text(),
                          line.detail()));
          default -> {}
        }
      }
      return lines.values().stream().flatMap(List::stream).toList();
    }

    private World.Node freshest() {
      return world.nodes.stream()
          .max(java.util.Comparator.comparingInt(World.Node::applied))
          .orElseThrow();
    }

    private void add(long atMs, String text) {
      lines
          .computeIfAbsent(atMs, _ -> new ArrayList<>())
          .add("    -> %.1fs %s".formatted((atMs - begunMs) / 1000.0, text));
    }

    private List<String> names(Hashes hashes) {
      List<String> found = new ArrayList<>();
      for (long hash : hashes.toArray()) {
        found.add(names.getOrDefault(hash, Fingerprint.text(hash)));
      }
      found.sort(null);
      return found;
    }
  }
}
