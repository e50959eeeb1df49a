package io.trivigil.dashboards;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.EscapingStrategy;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.context.MapValueResolver;
import io.trivigil.dashboards.report.DrillPicture;
import io.trivigil.dashboards.report.DrillReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/// Renders a drill's report as one file of HTML, with its picture inside.
public final class DrillPage {
  private DrillPage() {}

  /// What the template reads.
  public record Model(DrillReport report, String picture) {}

  public static String html(DrillReport report) {
    Handlebars handlebars =
        new Handlebars(new TemplateFiles())
            .with(EscapingStrategy.HTML_ENTITY)
            .parentScopeResolution(false);
    String picture = Base64.getEncoder().encodeToString(DrillPicture.png(report));
    Context context =
        Context.newBuilder(new Model(report, picture))
            .resolver(new RecordResolver(), MapValueResolver.INSTANCE)
            .build();
    try {
      return handlebars.compile("drill-report").apply(context);
    } catch (IOException e) {
      throw new UncheckedIOException("template cannot be read from the program: drill-report", e);
    }
  }
}
