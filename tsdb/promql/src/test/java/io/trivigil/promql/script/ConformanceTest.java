package io.trivigil.promql.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivigil.promql.Features;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Runs Prometheus's own scripts, where they are at hand. The numbers may only go up.
class ConformanceTest {
  private static final Map<String, Integer> PASSES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("aggregators.test", 160),
              Map.entry("at_modifier.test", 78),
              Map.entry("fill-modifier.test", 46),
              Map.entry("functions.test", 431),
              Map.entry("literals.test", 25),
              Map.entry("native_histograms.test", 522),
              Map.entry("operators.test", 214),
              Map.entry("selectors.test", 31),
              Map.entry("staleness.test", 17),
              Map.entry("start_timestamps.test", 26),
              Map.entry("subquery.test", 34),
              Map.entry("trig_functions.test", 19)));

  private static Path folder() {
    String root = System.getProperty("trivigil.root", "../..");
    return Path.of(root, "..", "shared", "conformance", "promql").normalize();
  }

  @TestFactory
  Stream<DynamicTest> scripts() {
    Path folder = folder();
    assumeTrue(Files.isDirectory(folder), "no conformance scripts at " + folder);
    return Stream.of(true, false)
        .flatMap(
            delayed ->
                PASSES.entrySet().stream()
                    .map(
                        entry ->
                            DynamicTest.dynamicTest(
                                entry.getKey() + (delayed ? "" : ", names dropped at once"),
                                () ->
                                    run(
                                        folder.resolve(entry.getKey()),
                                        entry.getValue(),
                                        delayed))));
  }

  private static ScriptRunner runner(boolean delayedNameRemoval) {
    Features features = new Features(true, true, true, true, delayedNameRemoval, true);
    return new ScriptRunner(
        new Engine(EngineOptions.defaults().withFeatures(features).withMaxSamples(10_000)));
  }

  private static void run(Path script, int expectedPasses, boolean delayed) throws IOException {
    ScriptRunner.Report report = runner(delayed).run(Files.readString(script));
    System.out.printf(
        "%s: %d passed, %d failed%n",
        script.getFileName(), report.passed(), report.failures().size());
    report.failures().forEach(failure -> System.out.println("  " + failure));
    assertThat(report.evaluations()).isPositive();
    assertThat(report.passed())
        .as("evaluations that pass in %s: a higher number belongs into this test", script)
        .isEqualTo(expectedPasses);
  }
}
