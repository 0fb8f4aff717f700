#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kua_properties::dates(&String::from_utf8_lossy(bytes)));
