package io.trivigil.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoStruct;
import io.trivigil.template.value.GoTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The mail bodies of a real operator's alertmanager.yml render unchanged.
class AcceptanceTemplatesTest {
  @Test
  void operatorsMailBodiesRender() throws IOException {
    Path file =
        Path.of(
            System.getProperty("trivigil.root", "../.."),
            "../shared/acceptance/pair/alertmanager.yml");
    assumeTrue(Files.exists(file), "the acceptance files are not beside this checkout");
    List<String> bodies = htmlBlocks(Files.readAllLines(file));
    assertThat(bodies).hasSize(2);
    GoStruct alert =
        GoStruct.named("template.Alert")
            .field("Labels", GoMap.ofStrings(Map.of("alertname", "MasterServerDown")))
            .field("Annotations", GoMap.ofStrings(Map.of("description", "主 <down>")))
            .field("StartsAt", GoTime.utc(Instant.parse("2026-01-02T03:04:05Z")))
            .build();
    GoStruct data = GoStruct.named("template.Data").field("Alerts", List.of(alert)).build();
    for (String body : bodies) {
      String out = TemplateSet.html().parse("", body).execute("", data);
      assertThat(out)
          .contains("<h3>MasterServerDown</h3>")
          .contains("<p>主 &lt;down&gt;</p>")
          .contains("<p>时间: 2026-01-02 03:04:05</p>");
    }
  }

  private static List<String> htmlBlocks(List<String> lines) {
    List<String> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).strip().equals("html: |")) {
        continue;
      }
      StringBuilder block = new StringBuilder();
      while (i + 1 < lines.size() && lines.get(i + 1).startsWith("          ")) {
        block.append(lines.get(++i).strip()).append('\n');
      }
      blocks.add(block.toString());
    }
    return blocks;
  }
}
