package io.trivigil.web.drill;

import io.trivigil.dashboards.DrillPage;
import io.trivigil.dashboards.report.DrillPicture;
import io.trivigil.dashboards.report.DrillReport;
import io.trivigil.web.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes a drill's report: `drill.json`, `drill.html` and `drill.png`.
public final class ReportFiles {
  private ReportFiles() {}

  /// @throws IOException if the directory can not be written to
  public static void write(DrillReport report, Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve("drill.json"), json(report));
    Files.write(directory.resolve("drill.png"), DrillPicture.png(report));
    Files.writeString(
        directory.resolve("drill.html"), DrillPage.html(report), StandardCharsets.UTF_8);
  }

  static byte[] json(DrillReport report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter(bytes).beginObject();
    json.field("cluster", report.cluster()).field("passed", report.passed());
    json.field("aborted", report.aborted());
    json.field("startMs", report.startMs()).field("endMs", report.endMs());
    json.field("longestRtoMs", report.worstRtoMs());
    json.field("samplesAcknowledged", report.acknowledged()).field("samplesLost", report.lost());
    json.field("longestHoleMs", report.longestHoleMs()).field("holeSeries", report.holeSeries());
    json.field("alertBreaks", report.breaks());
    json.name("steps").beginArray();
    for (DrillReport.Step step : report.steps()) {
      json.beginObject().field("step", step.name()).field("node", step.node());
      json.field("faultMs", step.faultMs()).field("rtoMs", step.rtoMs());
      json.field("recoveredMs", step.recoveredMs()).field("leaders", step.leaders()).endObject();
    }
    json.endArray().name("writes").beginArray();
    for (DrillReport.Write write : report.writes()) {
      json.beginObject().field("atMs", write.atMs()).field("tookMs", write.tookMs()).endObject();
    }
    json.endArray().endObject().flush();
    return bytes.toByteArray();
  }
}
