package io.trivigil.scraper.loop;

import static io.trivigil.scraper.loop.LoopFixture.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.state.TargetState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TargetLoopTest {
  private static final long START = 1_000_000;

  private final LoopFixture fixture = new LoopFixture(START);

  private TargetLoop loop(String settings) {
    return new TargetLoop(
        fixture.target(settings), fixture.leadingTerm, 0, fixture.shared(ScrapeCapacity.DEFAULT));
  }

  private TargetState state() {
    return fixture.machine.targets().iterator().next();
  }

  private void scrape(TargetLoop loop, long slotMs) throws InterruptedException {
    fixture.pacer.set(slotMs);
    loop.scrape(slotMs);
  }

  @Test
  void aScrapeStoresItsSamplesAndItsReport() throws Exception {
    fixture.says("h:1", "# TYPE a counter\n# HELP a some\na{x=\"1\"} 5\nb 6 123\n");
    TargetLoop loop = loop("");
    scrape(loop, 1000);
    scrape(loop, 11_000);
    assertThat(fixture.store.of(series("a", "x", "1"))).isEqualTo("1000=5 11000=5");
    assertThat(fixture.store.of(series("b"))).isEqualTo("123=6");
    assertThat(fixture.store.of(series("up"))).isEqualTo("1000=1 11000=1");
    assertThat(fixture.store.of(series("scrape_samples_scraped"))).isEqualTo("1000=2 11000=2");
    assertThat(fixture.store.of(series("scrape_series_added"))).isEqualTo("1000=2 11000=0");
    assertThat(fixture.machine.metadata(state().key()).toString()).contains("counter", "some");
    assertThat(state().seen().size()).as("b has timestamps of its own").isEqualTo(1);
  }

  @Test
  void aNewLeaderEndsWhatTheOldOneSawAndItDoesNot() throws Exception {
    fixture.says("h:1", "a 1\nb 1\n");
    scrape(loop(""), 1000);
    fixture.leadingTerm = 2;
    fixture.says("h:1", "a 2\n");
    scrape(loop(""), 11_000);
    assertThat(fixture.store.of(series("a"))).isEqualTo("1000=1 11000=2");
    assertThat(fixture.store.of(series("b"))).isEqualTo("1000=1 11000=stale");
  }

  @Test
  void aNewLeaderScrapesAMissedSlotAtOnce() throws Exception {
    fixture.says("h:1", "a 1\n");
    TargetLoop first = loop("");
    long slotMs = first.nextSlot();
    scrape(first, slotMs);
    assertThat(first.nextSlot()).isEqualTo(slotMs + 10_000);
    fixture.leadingTerm = 2;
    fixture.pacer.set(slotMs + 11_900); // the leader died just before its slot
    TargetLoop second = loop("");
    assertThat(second.nextSlot()).isEqualTo(slotMs + 10_000);
    second.scrape(second.nextSlot());
    assertThat(fixture.store.times(series("a"))).containsExactly(slotMs, slotMs + 11_900);
    assertThat(second.nextSlot()).isEqualTo(slotMs + 20_000);
  }

  @Test
  void jitterIsAlignedToTheSlot() throws Exception {
    fixture.says("h:1", "a 1\n");
    TargetLoop loop = loop("");
    fixture.pacer.set(1002);
    loop.scrape(1000);
    fixture.pacer.set(11_003);
    loop.scrape(11_000);
    assertThat(fixture.store.times(series("a"))).containsExactly(1000L, 11_003L);
  }

  @Test
  void aTargetThatCanNotBeReachedIsDownEveryTime() throws Exception {
    TargetLoop loop = loop("");
    scrape(loop, 1000);
    scrape(loop, 11_000);
    assertThat(fixture.store.of(series("up"))).isEqualTo("1000=0 11000=0");
    assertThat(state().error()).isEqualTo("no such host");
  }

  @Test
  void forgottenReferencesTravelWithLabelsAgain() throws Exception {
    fixture.says("h:1", "a 1\n");
    TargetLoop loop = loop("");
    scrape(loop, 1000);
    fixture.store.forget(series("a"));
    scrape(loop, 11_000);
    assertThat(fixture.store.of(series("a"))).isEqualTo("11000=1");
  }

  @Test
  void aProposalOfUnknownFateIsMadeAgainAndTakenOnce() throws Exception {
    fixture.says("h:1", "a 1\n");
    fixture.failures.add(new CommandLog.Proposed.Unknown("lost"));
    Thread loop = Thread.ofVirtual().start(loop(""));
    fixture.pacer.settle(1);
    fixture.pacer.advance(START + 15_000, 1);
    loop.interrupt();
    loop.join();
    assertThat(fixture.store.times(series("a")).size()).isBetween(1, 2);
  }

  @Test
  void aDeposedLeaderDecidesNothing() throws Exception {
    fixture.says("h:1", "a 1\n");
    TargetLoop loop = loop("");
    fixture.leadingTerm = 2;
    scrape(loop, 1000);
    assertThat(fixture.store.series()).isEmpty();
    loop.run(); // ends at once
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sample_limit: 2 | a 1~b 1 |
          sample_limit: 1 | a 1~b 1 | sample limit exceeded
          label_limit: 3 | a 1 |
          label_limit: 2 | a 1 | label_limit exceeded (metric: a, number of labels: 3, limit: 2)
          label_name_length_limit: 8 | a 1 |
          label_name_length_limit: 7 | a 1 | label_name_length_limit exceeded (metric: a, label name: __name__, length: 8, limit: 7)
          label_value_length_limit: 3 | a{x="üa"} 1 |
          label_value_length_limit: 3 | a{x="üüa"} 1 | label_value_length_limit exceeded (metric: a, label name: x, value: üüa, length: 5, limit: 3)
          metric_relabel_configs: [{regex: __name__, action: labeldrop}] | a 1 | missing metric name (__name__ label)
          metric_name_validation_scheme: legacy | {"a.b"} 1 | invalid metric name or label names: {__name__="a.b", instance="h:1", job="j"}
          honor_labels: false | a 1~a{ | parsing error in line 2: unexpected end of line in the label set
          """)
  void aBreachFailsTheWholeScrape(String setting, String body, String error) throws Exception {
    fixture.says("h:1", body.replace('~', '\n'));
    scrape(loop(setting), 1000);
    assertThat(state().error()).isEqualTo(error == null ? "" : error);
    assertThat(fixture.store.of(series("a")).isEmpty())
        .isEqualTo(error != null || body.contains("x="));
    assertThat(fixture.store.of(series("up"))).isEqualTo(error == null ? "1000=1" : "1000=0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          honor_labels: false | a{job="x"} 1 | {__name__="a", exported_job="x", instance="h:1", job="j"}
          honor_labels: true | a{job="x"} 1 | {__name__="a", instance="h:1", job="x"}
          honor_labels: false | a{job="x",exported_job="y"} 1 | {__name__="a", exported_exported_job="x", exported_job="y", instance="h:1", job="j"}
          metric_relabel_configs: [{source_labels: [__name__], regex: b, action: drop}] | a 1~b 1 | {__name__="a", instance="h:1", job="j"}
          """)
  void labelsAreMergedAndRelabelled(String setting, String body, String labels) throws Exception {
    fixture.says("h:1", body.replace('~', '\n'));
    scrape(loop(setting), 1000);
    assertThat(
            fixture.store.series().stream()
                .map(Object::toString)
                .filter(text -> text.contains("\"a\"") || text.contains("\"b\"")))
        .containsExactly(labels);
  }

  @Test
  void timestampsOfTheTargetAreHonouredUnlessTold() throws Exception {
    fixture.says("h:1", "a 1 500\nb 1 601001\n");
    scrape(loop("honor_timestamps: true"), 1000);
    assertThat(fixture.store.of(series("a"))).isEqualTo("500=1");
    assertThat(fixture.store.of(series("b"))).as("over ten minutes ahead").isEmpty();
  }

  @Test
  void timestampsOfTheTargetAreIgnoredWhenTold() throws Exception {
    fixture.says("h:1", "a 1 500\n");
    scrape(loop("honor_timestamps: false"), 1000);
    assertThat(fixture.store.of(series("a"))).isEqualTo("1000=1");
  }

  @Test
  void aScrapeThatIsTooLargeToCommitFails() throws Exception {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      body.append("a{x=\"").append(i).append("\"} 1\n");
    }
    fixture.says("h:1", body.toString());
    Target target = fixture.target("");
    TargetLoop loop =
        new TargetLoop(target, 1, 0, fixture.shared(new ScrapeCapacity(1, 1 << 20, 1000, 1)));
    scrape(loop, 1000);
    assertThat(state().error()).startsWith("scrape is too large to commit");
    assertThat(fixture.store.of(series("up"))).isEqualTo("1000=0");
  }
}
