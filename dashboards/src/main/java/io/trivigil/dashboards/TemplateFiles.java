package io.trivigil.dashboards;

import com.github.jknack.handlebars.io.ClassPathTemplateLoader;
import com.github.jknack.handlebars.io.StringTemplateSource;
import com.github.jknack.handlebars.io.TemplateSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Reads each template of the program once.
///
/// Handlebars asks its loader for a partial's source every time that a partial is used, which opens
/// a file for each row of a list: a thousand rows took seconds.
final class TemplateFiles extends ClassPathTemplateLoader {
  private final ConcurrentMap<String, TemplateSource> sources = new ConcurrentHashMap<>();

  TemplateFiles() {
    super("/io/trivigil/dashboards/templates", ".hbs");
  }

  @Override
  public TemplateSource sourceAt(String location) throws IOException {
    TemplateSource known = sources.get(location);
    if (known == null) {
      TemplateSource read = super.sourceAt(location);
      known = new StringTemplateSource(read.filename(), read.content(StandardCharsets.UTF_8));
      sources.put(location, known);
    }
    return known;
  }
}
