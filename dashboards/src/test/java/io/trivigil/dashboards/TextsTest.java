package io.trivigil.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.dashboards.page.Notice;
import io.trivigil.dashboards.page.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TextsTest {
  private static final Texts ENGLISH = Texts.load(Language.ENGLISH);
  private static final Texts CHINESE = Texts.load(Language.CHINESE);
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\d\\}");

  @Test
  void bothLanguagesHaveTheSameKeys() {
    assertThat(CHINESE.all().keySet()).isEqualTo(ENGLISH.all().keySet()).isNotEmpty();
  }

  @Test
  void bothLanguagesFillInTheSamePlaces() {
    ENGLISH
        .all()
        .forEach(
            (key, text) ->
                assertThat(places(CHINESE.all().getOrDefault(key, "")))
                    .as(key)
                    .isEqualTo(places(text)));
  }

  private static Set<String> places(String text) {
    return PLACEHOLDER
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void noTextIsBlank() {
    assertThat(ENGLISH.all().values()).noneMatch(String::isBlank);
    assertThat(CHINESE.all().values()).noneMatch(String::isBlank);
  }

  @Test
  void whatTemplatesAndModelsNameIsThere() throws IOException {
    Set<String> named =
        uses(
            Path.of("src/main/resources/io/trivigil/dashboards/templates"),
            "(?:\\{\\{|\\()t \"([^\"]+)\"");
    named.addAll(
        uses(
            Path.of("src/main/java/io/trivigil/dashboards/page"),
            "Segment\\(\\s*\"([^\"]+[^.\"])\""));
    Notice.KEYS.forEach(key -> named.add("notice." + key));
    for (Place place : Place.values()) {
      named.add("title." + place.template());
    }
    assertThat(named).hasSizeGreaterThan(80);
    assertThat(ENGLISH.all().keySet()).containsAll(named);
  }

  @Test
  void whatTheBrowserNamesIsThere() throws IOException {
    Set<String> named = uses(Path.of("frontend/src"), "\\bt\\(\\s*\"([^\"]+[^.\"])\"");
    assertThat(ENGLISH.all().keySet()).containsAll(named.stream().map(key -> "js." + key).toList());
  }

  private static Set<String> uses(Path dir, String pattern) throws IOException {
    Pattern use = Pattern.compile(pattern);
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        use.matcher(Files.readString(file)).results().forEach(m -> found.add(m.group(1)));
      }
    }
    return found;
  }
}
