// What is left out: comments with all their endings, DOCTYPEs, CDATA sections, and what is read as a comment. HTML
// standard, sections 13.2.5.41 to 13.2.5.68.
#include "catch2_shim.hpp"
#include "token_case.hpp"

using namespace nbcrawl::html::test;

TEST_CASE("a comment ends a character reference, and what is read as one") {
  for (const TokenCase one : {
           TokenCase{"&lt<!-- -->;", "'<;'"},
           {"&#x<!--->41", "'&#x41'"},
           {"&#x4a<!>1;", "'J1;'"},
           {"&no<?x>t;", "'&not;'"},
           {"&amp</>;", "'&;'"},
           {"&amp</ a>;", "'&;'"},
           {"&amp<!DOCTYPE html>;", "'&;'"},
           {"&amp<![CDATA[x]]>;", "'&;'"},
           {"a\r<!-- -->\nb", "'a\n\nb'"},
       }) {
    check(one);
  }
}

TEST_CASE("comments end where the standard says") {
  for (const TokenCase one : {
           TokenCase{"<!-- a -->b", "'b'"},
           {"<!---->b", "'b'"},
           {"<!-->b", "'b'"},
           {"<!--->b", "'b'"},
           {"<!--->-->b", "'-->b'"},
           {"<!-- > -->b", "'b'"},
           {"<!-- -- -->b", "'b'"},
           {"<!-- - -->b", "'b'"},
           {"<!--a--->b", "'b'"},
           {"<!--a---->b", "'b'"},
           {"<!------>b", "'b'"},
           {"<!--a--!>b", "'b'"},
           {"<!----!>b", "'b'"},
           {"<!--a--!-->b", "'b'"},
           {"<!--a--! >b-->c", "'c'"},
           {"<!--a--!->b-->c", "'c'"},
           {"<!--a-!>b-->c", "'c'"},
           {"<!--!>b-->c", "'c'"},
           {"<!---!>b-->c", "'c'"},
           {"<!--a->b-->c", "'c'"},
           {"<!-- <p> -->b", "'b'"},
           {"<!-- <!-- -->b", "'b'"},
           {"<!-- <!-->b", "'b'"},
           {"<!-- <!--->b", "'b'"},
           {"<!--<!->b-->c", "'c'"},
           {"<!--<!>b-->c", "'c'"},
           {"<!--a", ""},
           {"<!--a-", ""},
           {"<!--a--", ""},
           {"<!--a--!", ""},
           {"<!--", ""},
           {"<!---", ""},
           {"a<!-- b -->c", "'ac'"},
           {"<!-- </script> -->b", "'b'"},
           {"<!-- a --><p><!-- b -->", "<p>"},
           {"<!-- \xE4\xBD\xA0 -->b", "'b'"},
       }) {
    check(one);
  }
}

TEST_CASE("what is read as a comment ends at its first >") {
  for (const TokenCase one : {
           TokenCase{"<!DOCTYPE html>a", "'a'"},
           {"<!doctype html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">a", "'a'"},
           {"<!DOCTYPE html SYSTEM 'a>b'>c", "'b'>c'"},
           {"<!DOCTYPE>a", "'a'"},
           {"<!DOCTYPE", ""},
           {"<!d", ""},
           {"<!>a", "'a'"},
           {"<!", ""},
           {"<!-", ""},
           {"<!->a", "'a'"},
           {"<!- - a -->b", "'b'"},
           {"<!a b>c", "'c'"},
           {"<?xml version='1.0'?>a", "'a'"},
           {"<?>a", "'a'"},
           {"<?", ""},
           {"<?php echo '<p>'; ?>a", "''; ?>a'"},
           {"</ a>b", "'b'"},
           {"</?>b", "'b'"},
           {"</\xE4\xBD\xA0>b", "'b'"},
           {"<![CDATA[a]]>b", "'b'"},
           {"<![CDATA[a > b]]>c", "' b]]>c'"},
           {"<![endif]-->a", "'a'"},
           {"<!--[if IE]><p><![endif]-->a", "'a'"},
           {"<![if !IE]><p><![endif]>a", "<p>'a'"},
       }) {
    check(one);
  }
}
