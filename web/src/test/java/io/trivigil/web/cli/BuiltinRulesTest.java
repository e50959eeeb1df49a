package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.web.server.NodeServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The built-in rules do what they say, and ask for nothing that a node does not tell.
class BuiltinRulesTest {
  private static final Path RULES = Path.of("src/main/resources/defaults/trivigil.rules.yml");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:trivigil|prometheus|alertmanager)_[a-z0-9_]+");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void fireWhenTheyShould() {
    assertThat(
            Main.picocli(
                new TestCommand(),
                List.of("rules", "src/test/resources/builtin/trivigil.test.yml")))
        .isZero();
  }

  @Test
  void everyMetricIsThereOnARunningNode(@TempDir Path directory) throws Exception {
    Set<String> wanted =
        Files.readAllLines(RULES).stream()
            .filter(line -> line.strip().startsWith("expr:"))
            .flatMap(line -> METRIC.matcher(line).results())
            .map(match -> match.group())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(wanted).hasSizeGreaterThan(15);
    Path main =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\n");
    Files.writeString(
        directory.resolve("alertmanager.yml"), "route: {receiver: a}\nreceivers: [{name: a}]\n");
    FlagValues flags =
        FlagValues.parse(
            ServerFlags.all(),
            List.of(
                "--config.file=" + main,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:0",
                "--cluster.peers=n1=127.0.0.1:" + WholeNode.logPort(),
                "--rules.builtin"));
    NodeServer server = NodeServer.start(ServerSettings.of(flags));
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(server.port())))
              .build();
      long untilNanos = System.nanoTime() + PATIENCE.toNanos();
      Set<String> missing = wanted;
      try (HttpClient client = HttpClient.newHttpClient()) {
        while (!missing.isEmpty() && System.nanoTime() < untilNanos) {
          String body = client.send(request, BodyHandlers.ofString()).body();
          missing =
              wanted.stream()
                  .filter(name -> !Pattern.compile("(?m)^" + name + "[ {]").matcher(body).find())
                  .collect(Collectors.toCollection(TreeSet::new));
        }
      }
      assertThat(missing).as("metrics of the rules that no node has").isEmpty();
    } finally {
      server.close();
    }
  }
}
