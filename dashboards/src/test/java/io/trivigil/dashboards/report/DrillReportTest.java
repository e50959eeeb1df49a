package io.trivigil.dashboards.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.dashboards.DrillPage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class DrillReportTest {
  private static DrillReport report(long lost, List<String> breaks, String aborted) {
    List<DrillReport.Write> writes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      writes.add(
          new DrillReport.Write(1_000_000 + i * 100L, i % 97 == 0 ? 900 : i % 50 == 1 ? -1 : 8));
    }
    return new DrillReport(
        "<script>",
        1_000_000,
        1_030_000,
        List.of(
            new DrillReport.Step("transfer", "n2", 1_005_000, 640, 2_500, "n1 → n2"),
            new DrillReport.Step("pause", "n2", 1_015_000, 1_300, 9_000, "n2 → n3")),
        298,
        lost,
        6_100,
        "up{job=\"a\"}",
        breaks,
        writes,
        aborted);
  }

  @Test
  void passesOnlyWhenNothingWasLostOrBroken() {
    assertThat(report(0, List.of(), "").passed()).isTrue();
    assertThat(report(1, List.of(), "").passed()).isFalse();
    assertThat(report(0, List.of("Down"), "").passed()).isFalse();
    assertThat(report(0, List.of(), "n3 is gone").passed()).isFalse();
    assertThat(report(0, List.of(), "").worstRto()).isEqualTo("1.30 s");
  }

  @Test
  void thePageCarriesItsPictureAndEscapesText() throws Exception {
    DrillReport report = report(2, List.of("Down since 12:00"), "n3 <is> gone");
    byte[] png = DrillPicture.png(report);
    assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(1200);
    assertThat(DrillPage.html(report))
        .contains("data:image/png;base64,", "2 / 298", "not passed", "n3 &lt;is&gt; gone")
        .contains("Down since 12:00", "1.30 s")
        .doesNotContain("<script>", "src=\"http");
  }

  @Test
  void aDrillThatCouldNotWriteSaysSo() {
    DrillReport.Step step = new DrillReport.Step("kill", "n2", 5_000, -1, 900, "n2 → n3");
    DrillReport report =
        new DrillReport(
            "a", 0, 9_000, List.of(step.withRto(700)), 0, 0, -1, "", List.of(), List.of(), "");
    assertThat(report.passed()).isTrue();
    assertThat(DrillPage.html(report))
        .contains("not measured", "the first scrape after it", "0.70 s")
        .doesNotContain("0 / 0", "Longest hole");
  }

  @Test
  void aDrillWithoutOneAcknowledgementIsDrawn() throws Exception {
    DrillReport report =
        new DrillReport(
            "a",
            0,
            9_000,
            List.of(),
            0,
            0,
            -1,
            "",
            List.of(),
            List.of(new DrillReport.Write(100, -1)),
            "");
    assertThat(ImageIO.read(new ByteArrayInputStream(DrillPicture.png(report)))).isNotNull();
  }
}
