#pragma once

#include <cstdint>
#include <string_view>

namespace nbcrawl::html {

/// The elements that the tokenizer or one of its readers treats in a way of their own.
enum class Element : std::uint8_t {
  other,
  a,
  address,
  area,
  article,
  aside,
  base,
  blockquote,
  body,
  br,
  caption,
  center,
  dd,
  details,
  dialog,
  dir,
  div,
  dl,
  dt,
  fieldset,
  figcaption,
  figure,
  footer,
  form,
  frame,
  h1,
  h2,
  h3,
  h4,
  h5,
  h6,
  head,
  header,
  hgroup,
  hr,
  html,
  iframe,
  legend,
  li,
  link,
  listing,
  main,
  math,
  menu,
  meta,
  nav,
  noembed,
  noframes,
  noscript,
  ol,
  optgroup,
  option,
  p,
  plaintext,
  pre,
  script,
  search,
  section,
  select,
  style,
  summary,
  svg,
  table,
  tbody,
  td,
  template_,
  textarea,
  tfoot,
  th,
  thead,
  title,
  tr,
  ul,
  xmp,
};

/// The element of a tag's name, compared without case.
[[nodiscard]] Element find_element(std::string_view name) noexcept;

/// Its name in lower case; empty for `other`. Static storage.
[[nodiscard]] std::string_view name(Element element) noexcept;

}  // namespace nbcrawl::html
