#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kua_properties::tokens(&String::from_utf8_lossy(bytes)));
