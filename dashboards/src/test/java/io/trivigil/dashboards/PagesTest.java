package io.trivigil.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.dashboards.page.ClusterView.Quorum;
import io.trivigil.dashboards.page.ListFilter;
import io.trivigil.dashboards.page.Page;
import io.trivigil.dashboards.page.Place;
import io.trivigil.dashboards.page.QueryPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PagesTest {
  private static final String EVIL = "<script>alert(1)</script>\"'`=&{{evil}}";
  private static final Pages PAGES = new Pages(Assets.load());

  @ParameterizedTest
  @EnumSource(Language.class)
  void everyPageRendersInEveryState(Language language) {
    Samples samples = new Samples("");
    Set<Place> seen = EnumSet.noneOf(Place.class);
    for (Quorum state : Quorum.values()) {
      for (Page page : samples.pages().values()) {
        seen.add(page.place());
        assertThat(PAGES.render(page, samples.frame(language, state)))
            .startsWith("<!doctype html>")
            .contains("<html lang=\"" + language.htmlTag() + "\"")
            .endsWith("</html>\n");
      }
      for (Page page : samples.emptyPages()) {
        assertThat(PAGES.render(page, samples.frame(language, state))).contains("</main>");
      }
    }
    assertThat(seen).as("places with a sample").containsExactlyInAnyOrder(Place.values());
  }

  /// Nothing that an outsider writes becomes markup, and nothing is inline: the strict content
  /// security policy holds.
  @Test
  void hostileTextStaysText() {
    Samples hostile = new Samples(EVIL);
    Pattern inline = Pattern.compile("(?i)<[^>]*\\s(style|on[a-z]+)\\s*=|javascript:|<style");
    hostile
        .pages()
        .forEach(
            (name, page) -> {
              String html = PAGES.render(page, hostile.frame(Language.ENGLISH, Quorum.FAIL_OPEN));
              assertThat(html).as(name).doesNotContain("<script>").doesNotContain("alert(1)<");
              assertThat(html).as(name).contains("&lt;script&gt;alert(1)&lt;/script&gt;");
              assertThat(inline.matcher(html).find()).as("inline in " + name).isFalse();
            });
  }

  @Test
  void addressesAreRelativeSoThatAPrefixWorks() {
    Samples samples = new Samples("");
    Pattern absolute = Pattern.compile("(?:href|src|action)=\"/");
    samples
        .pages()
        .forEach(
            (name, page) -> {
              String html = PAGES.render(page, samples.frame(Language.CHINESE, Quorum.QUORUM));
              assertThat(absolute.matcher(html).find()).as(name).isFalse();
            });
  }

  @Test
  void linksToTheGraphAndTheSilenceFormCarryEscapedText() {
    String html =
        PAGES.render(
            new Samples("").alerts(ListFilter.ALL),
            new Samples("").frame(Language.ENGLISH, Quorum.QUORUM));
    assertThat(html.replace("&#x3D;", "="))
        .contains("\"./query?g0.expr=up%7Bserver%3D%22master%22%7D%20%3D%3D%200&amp;g0.tab=1\"")
        .contains("\"./silences/new?filter=%7Balertname%3D%22MasterServerDown%22%2C%20")
        .contains("data-section=\"alerts\" aria-current=\"page\"");
  }

  @Test
  void clusterHasAPlaceInTheNavigation() {
    Samples samples = new Samples("");
    Page cluster = Objects.requireNonNull(samples.pages().get("cluster"));
    assertThat(PAGES.render(cluster, samples.frame(Language.ENGLISH, Quorum.QUORUM)))
        .contains("href=\"./cluster\" data-section=\"cluster\" aria-current=\"page\"")
        .contains("data-section=\"status\">");
  }

  @Test
  void aLagThatNobodyKnowsIsADash() {
    Samples samples = new Samples("");
    String html =
        PAGES.render(
            Objects.requireNonNull(samples.pages().get("overview")),
            samples.frame(Language.ENGLISH, Quorum.NO_QUORUM));
    assertThat(html).contains("<td class=\"num\">–</td>").doesNotContain("-1ms");
  }

  @Test
  void oldAddressesOfPrometheusLeadSomewhere() {
    assertThat(Place.moved("graph")).contains(Place.QUERY);
    assertThat(Place.movedPaths()).allSatisfy(p -> assertThat(Place.moved(p)).isPresent());
    assertThat(Place.SILENCE_FORM.root()).isEqualTo("../");
    assertThat(Place.OVERVIEW.root()).isEqualTo("./");
    assertThat(new QueryPage().place().template()).isEqualTo("query");
  }

  /// Leaves the sample pages where `frontend/preview.mjs` serves them from.
  @Test
  void previewIsWritten() throws IOException {
    Samples samples = new Samples("");
    for (Language language : Language.values()) {
      for (Quorum state : Quorum.values()) {
        Path dir = Path.of("target", "preview", language.tag(), state.wire());
        Files.createDirectories(dir);
        for (Map.Entry<String, Page> page : samples.pages().entrySet()) {
          Files.write(
              dir.resolve(page.getKey() + ".html"),
              PAGES.renderBytes(page.getValue(), samples.frame(language, state)));
        }
      }
      Path calm = Path.of("target", "preview", language.tag(), "empty");
      Files.createDirectories(calm);
      for (Page page : samples.emptyPages()) {
        Files.write(
            calm.resolve(page.place().template() + ".html"),
            PAGES.renderBytes(page, samples.frame(language, Quorum.QUORUM)));
      }
    }
  }
}
