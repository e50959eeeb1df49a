package io.trivigil.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.PromDuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Runs scenario files: a player turns the lines of a story into the lines that it should have.
/// `-Drewrite=true` writes those back, so that the difference can be read.
public final class Stories {
  private static final Path FOLDER = Path.of("src/test/resources/stories");

  private Stories() {}

  public static List<DynamicTest> play(String folder, Function<List<String>, List<String>> player) {
    try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
      List<DynamicTest> tests =
          files
              .filter(file -> file.toString().endsWith(".story"))
              .sorted()
              .map(
                  file ->
                      DynamicTest.dynamicTest(
                          String.valueOf(file.getFileName()), () -> playOne(file, player)))
              .toList();
      assertThat(tests).isNotEmpty();
      return tests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void playOne(Path file, Function<List<String>, List<String>> player)
      throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<String> played = player.apply(lines);
    if (Boolean.getBoolean("rewrite")) {
      Files.write(file, played);
    } else {
      assertThat(played).isEqualTo(lines);
    }
  }

  /// The settings of a line such as `timing for=2m keep_firing_for=5m`.
  public static Map<String, String> settings(String line) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String word : line.split(" +")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        settings.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return settings;
  }

  public static long ms(Map<String, String> settings, String name) {
    return PromDuration.parseMs(settings.getOrDefault(name, "0s"));
  }

  /// A line in columns, with its comment kept.
  public static String line(String former, String columns) {
    int comment = former.indexOf('#');
    return comment < 0 ? columns : "%-27s %s".formatted(columns, former.substring(comment));
  }

  /// The words of a line without its comment.
  public static List<String> words(String line) {
    int comment = line.indexOf('#');
    String text = (comment < 0 ? line : line.substring(0, comment)).strip();
    return text.isEmpty() ? List.of() : new ArrayList<>(List.of(text.split(" +")));
  }
}
