package io.trivigil.web.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.dashboards.report.DrillReport.Write;
import io.trivigil.web.drill.Step.Kind;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class DrillTest {
  @Test
  void thePlanGoesFromMildToHarshAndHandsLeadershipBack() {
    assertThat(Step.plan(EnumSet.allOf(Kind.class), "n2", List.of("n3", "n2", "n1")))
        .containsExactly(
            new Step(Kind.TRANSFER, "n1"),
            new Step(Kind.TRANSFER, "n2"),
            new Step(Kind.RESTART, ""),
            new Step(Kind.PAUSE, ""),
            new Step(Kind.KILL, ""));
  }

  @Test
  void onlyAWellClusterIsDrilled() {
    Health.Sight one = new Health.Sight("n1", true, "n1", 3);
    Health.Sight two = new Health.Sight("n2", true, "n1", 3);
    assertThat(Health.problems(List.of(one, two, new Health.Sight("n3", true, "n1", 3)))).isEmpty();
    assertThat(Health.problems(List.of(one, two))).containsExactly("2 members; a drill wants 3");
    assertThat(Health.problems(List.of(one, two, new Health.Sight("n3", false, "n1", 3))))
        .containsExactly("n3 has not caught up");
    assertThat(Health.problems(List.of(one, two, new Health.Sight("n3", false, "", -1))))
        .contains("n3 does not answer", "nodes name different leaders");
  }

  @Test
  void rtoCountsFromTheFaultToTheFirstAcknowledgementOfALaterSample() {
    List<Write> writes =
        List.of(
            new Write(900, 300), new Write(1_100, -1), new Write(1_200, 800), new Write(2_100, 5));
    assertThat(Measure.rtoMs(1_000, writes)).isEqualTo(1_000);
    assertThat(Measure.rtoMs(3_000, writes)).isEqualTo(-1);
  }

  @Test
  void withoutWritesTheFirstScrapeTells() {
    Map<String, List<Long>> times = Map.of("a", List.of(0L, 5L, 10L), "b", List.of(3L, 8L));
    assertThat(Measure.scrapedMs(6, times)).isEqualTo(2);
    assertThat(Measure.scrapedMs(11, times)).isEqualTo(-1);
  }

  @Test
  void seriesAreNamedAsInAQuery() {
    assertThat(Nodes.written(Map.of("__name__", "up", "node", "n1", "job", "a")))
        .isEqualTo("up{job=\"a\", node=\"n1\"}");
  }

  @Test
  void everyNodeMustHaveWhatWasAcknowledged() {
    List<Write> writes = List.of(new Write(1, 5), new Write(2, 5), new Write(3, -1));
    Set<Long> all = Set.of(1L, 2L);
    assertThat(Measure.lost(writes, Map.of("n1", all, "n2", all))).isZero();
    assertThat(Measure.lost(writes, Map.of("n1", all, "n2", Set.of(1L)))).isEqualTo(1);
  }

  @Test
  void aHoleAtTheEndCountsToo() {
    Map<String, List<Long>> times = Map.of("a", List.of(0L, 5L, 10L), "b", List.of(0L, 7L, 10L));
    assertThat(Measure.longest(times, 12)).isEqualTo(new Measure.Hole("b", 7));
    assertThat(Measure.longest(times, 20)).isEqualTo(new Measure.Hole("a", 10));
    assertThat(Measure.longest(Map.of(), 20).lengthMs()).isEqualTo(-1);
  }

  @Test
  void anAlertThatBeganAnewIsABreak() {
    Map<String, String> before = Map.of("{a}", "10", "{b}", "11", "{c}", "12");
    assertThat(Measure.breaks(before, Map.of("{a}", "10", "{b}", "19")))
        .containsExactly("{b}: since 11, and now since 19");
  }

  @Test
  void theProbeIsSnappy() throws Exception {
    byte[] raw =
        Snappy.uncompress(
            ProbeRequest.of(new TreeMap<>(Map.of("__name__", "p")), 1_700_000_000_000L, 1));
    assertThat(new String(raw, StandardCharsets.ISO_8859_1)).contains("__name__", "p");
  }
}
